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
  /** Default: the maximum size of a fixture file. */
  readonly maxTextBytes?: number
}

/** Why a job or a rule is left out. */
const NOT_WRITABLE = 'a fixture cannot hold it'
const TOO_LARGE = 'the fixture file would be too large with it'

/** The maximum size of a fixture file in bytes. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024

/** Writes a recording as a fixture that loads without problems. */
export function writeRecorded({ calls, jobs, ...context }: RecordedContent): WrittenFixture {
  const comments: Comments = new Map()
  const direct = joinPages(calls.list()).map(({ condition, runs }): WrittenSequence => {
    const written = runs.map(({ answer, count }) => {
      const lost = answer.lost === undefined ? '' : `, not recorded: ${answer.lost}`
      return { text: answer.text, count, comment: `${countText(count, 'call')}${lost}` }
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
  return fitting(withoutInvalid(all, { ...context, comments }), { ...context, comments })
}

/** Sequences of one kind of call of one endpoint, in the order in which those were first seen. */
function groupsOf(sequences: readonly WrittenSequence[]): WrittenSequence[][] {
  const groups = new Map<string, WrittenSequence[]>()
  for (const sequence of sequences) {
    const { as, endpoint } = sequence.condition
    const key = `${as} ${endpoint}`
    const group = groups.get(key)
    if (group) group.push(sequence)
    else groups.set(key, [sequence])
  }
  return [...groups.values()]
}

interface Lists {
  readonly jobs: readonly FixtureJob[]
  readonly rules: readonly FixtureRule[]
}

type Context = Pick<RecordedContent, 'catalogue' | 'dropped' | 'maxRules' | 'maxTextBytes'>
type Commented = Context & { readonly comments: Comments }

/** Leaves out what the reader of fixtures rejects: what was recorded may have any form. */
function withoutInvalid(lists: Lists, context: Commented): Lists {
  const { problems } = loadFixtures([toDocument(lists)], {
    catalogue: context.catalogue,
    ownEndpoints: OWN_ENDPOINTS,
    defaultDurationMs: 0,
    clusters: [],
  })
  const places = new Set(problems.map(({ path }) => /^\w+\[\d+\]/.exec(String(path))?.[0]))
  const isInvalid = (list: keyof Lists) => (_: unknown, index: number) =>
    places.has(`${list}[${index}]`)
  const jobs = lists.jobs.filter(isInvalid('jobs'))
  const rules = lists.rules.filter(isInvalid('rules'))
  if (jobs.length + rules.length === 0) return lists
  return withoutInvalid(without(lists, { jobs, rules }, { ...context, why: NOT_WRITABLE }), context)
}

/** Leaves out jobs and rules, which is reported. Rules that others are counted by lose their answers only. */
function without(
  lists: Lists,
  out: Lists,
  { dropped, comments, why }: Commented & { readonly why: string },
): Lists {
  for (const { endpoint } of out.jobs) dropped(endpoint, why)
  for (const { when } of out.rules) dropped(when.endpoint, why)
  const [jobs, rules] = [new Set(out.jobs), new Set(out.rules)]
  const emptied = (rule: FixtureRule): FixtureRule[] => {
    const isCounted = rule.times !== undefined || rule.when.nth !== undefined
    if (!isCounted || Object.keys(rule.then).length === 0) return []
    // biome-ignore lint/suspicious/noThenProperty: a rule reads "when … then …", and is no promise
    const empty = { ...rule, then: {} }
    comments.set(empty, `${comments.get(rule)}, not recorded: ${why}`)
    return [empty]
  }
  return {
    jobs: lists.jobs.filter((job) => !jobs.has(job)),
    rules: lists.rules.flatMap((rule) => (rules.has(rule) ? emptied(rule) : [rule])),
  }
}

/** Leaves out rules that a scope has no room for. */
function withoutMany(
  rules: readonly FixtureRule[],
  { dropped, maxRules = MAX_RULES }: Context,
): readonly FixtureRule[] {
  for (const { when } of rules.slice(maxRules)) dropped(when.endpoint, 'there are too many rules')
  return rules.slice(0, maxRules)
}

/** Leaves out the largest jobs and rules of a text that is too large for a file. */
function fitting(lists: Lists, context: Commented): WrittenFixture {
  const { comments, maxTextBytes = MAX_TEXT_BYTES } = context
  const sizes = new Map([...lists.jobs, ...lists.rules].map((one) => [one, writeJson(one).length]))
  const total = Array.from(sizes.values()).reduce((sum, size) => sum + size, 0)
  // JSON and YAML have about the same length: far too large a text is not made.
  if (total <= 2 * maxTextBytes) {
    const fixture = toDocument(lists)
    const text = renderFixture(fixture, comments)
    if (Buffer.byteLength(text) <= maxTextBytes) return { fixture, comments, text }
  }
  const ordered = Array.from(sizes).sort(([, one], [, other]) => other - one)
  const largest = new Set(ordered.slice(0, Math.ceil(sizes.size / 10)).map(([one]) => one))
  const isLarge = (one: FixtureJob | FixtureRule) => largest.has(one)
  const out = { jobs: lists.jobs.filter(isLarge), rules: lists.rules.filter(isLarge) }
  return fitting(without(lists, out, { ...context, why: TOO_LARGE }), context)
}

function toDocument({ jobs, rules }: Lists): FixtureDocument {
  return { ...(jobs.length === 0 ? {} : { jobs: [...jobs] }), rules: [...rules] }
}
