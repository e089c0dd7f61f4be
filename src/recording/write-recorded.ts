import type { Catalogue } from '../avro/catalogue.ts'
import { countText } from '../documents/count-text.ts'
import { writeJson } from '../documents/write-json.ts'
import type { FixtureDocument, FixtureJob, FixtureRule } from '../fixture-format/fixture-format.ts'
import { loadFixtures } from '../fixtures/load-fixtures.ts'
import { OWN_ENDPOINTS } from '../gpudb/own-endpoints.ts'
import { MAX_RULES } from '../rules/rule-set.ts'
import { joinPages } from './join-pages.ts'
import type { RecordedCalls } from './recorded-calls.ts'
import type { RecordedJobs } from './recorded-jobs.ts'
import { renderFixture } from './render-fixture.ts'
import { type Comments, writeCreatedJobs, writeSeenJobs } from './write-jobs.ts'
import { type WrittenSequence, writeSequences } from './write-sequence.ts'

/** A fixture with comments. */
export interface WrittenFixture {
  readonly fixture: FixtureDocument
  readonly comments: ReadonlyMap<unknown, string>
  readonly text: string
}

/** What a fixture is written from. */
export interface RecordedContent {
  readonly calls: RecordedCalls
  readonly jobs: RecordedJobs
  readonly catalogue: Catalogue
  /** Called with the endpoint of what a fixture cannot hold. */
  readonly dropped: (endpoint: string, why: string) => void
  /** Default: that of a scope. */
  readonly maxRules?: number
}

/** The maximum size of a fixture file in bytes. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024

/** Writes a recording as a fixture that loads without problems. */
export function writeRecorded({ calls, jobs, ...context }: RecordedContent): WrittenFixture {
  const comments: Comments = new Map()
  const direct = joinPages(calls.list()).map(({ condition, runs }): WrittenSequence => {
    const written = runs.map(({ answer, count }) => {
      return { text: answer.text, count, comment: countText(count, 'call') }
    })
    return { condition, runs: written }
  })
  const created = writeCreatedJobs(jobs.list(), comments)
  const rules = groupsOf([...created, ...direct]).flatMap(writeSequences)
  for (const { rule, comment } of rules) comments.set(rule, comment)
  const all = {
    jobs: writeSeenJobs(jobs.list(), comments),
    rules: withoutMany(
      rules.map(({ rule }) => rule),
      context,
    ),
  }
  const valid = withoutInvalid(all, context)
  return fitting(valid, { ...context, comments })
}

/** Sequences of one kind of call of one endpoint, in the order in which those were first seen. */
function groupsOf(sequences: readonly WrittenSequence[]): WrittenSequence[][] {
  const groups = new Map<string, WrittenSequence[]>()
  for (const sequence of sequences) {
    const { as, endpoint } = sequence.condition
    const key = `${as} ${endpoint}`
    groups.set(key, [...(groups.get(key) ?? []), sequence])
  }
  return [...groups.values()]
}

interface Lists {
  readonly jobs: readonly FixtureJob[]
  readonly rules: readonly FixtureRule[]
}

type Context = Pick<RecordedContent, 'catalogue' | 'dropped' | 'maxRules'>

/** Leaves out what the reader of fixtures rejects: what was recorded may have any form. */
function withoutInvalid(lists: Lists, context: Context): Lists {
  const { problems } = loadFixtures([toDocument(lists)], {
    catalogue: context.catalogue,
    ownEndpoints: OWN_ENDPOINTS,
    defaultDurationMs: 0,
    clusters: [],
  })
  const places = new Set(problems.map(({ path }) => /^\w+\[\d+\]/.exec(String(path))?.[0]))
  const isInvalid = (list: keyof Lists) => (_: unknown, index: number) =>
    places.has(`${list}[${index}]`)
  const [badJobs, jobs] = split(lists.jobs, isInvalid('jobs'))
  const [badRules, rules] = split(lists.rules, isInvalid('rules'))
  const endpoints = [
    ...badJobs.map((job) => job.endpoint),
    ...badRules.map(({ when }) => when.endpoint),
  ]
  for (const endpoint of endpoints) context.dropped(endpoint, 'a fixture cannot hold it')
  return endpoints.length === 0 ? lists : withoutInvalid({ jobs, rules }, context)
}

/** The items that meet a condition, and the others. */
function split<Item>(
  items: readonly Item[],
  meets: (item: Item, index: number) => boolean,
): [Item[], Item[]] {
  return [items.filter(meets), items.filter((item, index) => !meets(item, index))]
}

/** Leaves out rules that a scope has no room for. */
function withoutMany(
  rules: readonly FixtureRule[],
  { dropped, maxRules = MAX_RULES }: Context,
): readonly FixtureRule[] {
  for (const { when } of rules.slice(maxRules)) dropped(when.endpoint, 'there are too many rules')
  return rules.slice(0, maxRules)
}

/** Leaves out the largest rules of a text that is too large for a file. */
function fitting(lists: Lists, context: Context & { readonly comments: Comments }): WrittenFixture {
  const { comments, dropped } = context
  const fixture = toDocument(lists)
  const text = renderFixture(fixture, comments)
  if (Buffer.byteLength(text) <= MAX_TEXT_BYTES) return { fixture, comments, text }
  const sized = lists.rules.map((rule) => ({ rule, size: writeJson(rule).length }))
  const largest = new Set(
    sized
      .sort((one, other) => other.size - one.size)
      .slice(0, Math.ceil(sized.length / 10))
      .map(({ rule }) => rule),
  )
  for (const { when } of largest)
    dropped(when.endpoint, 'the fixture file would be too large with it')
  return fitting({ ...lists, rules: lists.rules.filter((rule) => !largest.has(rule)) }, context)
}

function toDocument({ jobs, rules }: Lists): FixtureDocument {
  return { ...(jobs.length === 0 ? {} : { jobs: [...jobs] }), rules: [...rules] }
}
