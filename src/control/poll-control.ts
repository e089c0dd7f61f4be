import { type Static, Type } from '@sinclair/typebox'
import { parseDuration } from '../clock/duration.ts'
import { assertNotEvicted } from '../control-parts/assert-not-evicted.ts'
import { checkInput } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { ControlError, refuseInput } from '../control-parts/control-error.ts'
import { count, isAlwaysMet, missedTimes, Times } from '../control-parts/control-kinds.ts'
import { JobReference, readReference } from '../control-parts/job-reference.ts'
import { countText } from '../documents/count-text.ts'
import { CLOSED, duration } from '../documents/schema-kinds.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'

const flag = (description: string) => Type.Boolean({ description, expected: 'true or false' })

/** Expectations of how clients polled a job. Omitted keys expect nothing; one is needed. */
export const PollVerify = Type.Object(
  {
    job: JobReference,
    times: Type.Optional(Times),
    gaps: Type.Optional(
      Type.Object(
        {
          at_least: Type.Optional(duration({ description: 'The smallest gap between two polls.' })),
          at_most: Type.Optional(duration({ description: 'The largest gap between two polls.' })),
        },
        {
          ...{ ...CLOSED, minProperties: 1, expected: 'an object with at_least or at_most' },
          description: 'The time between polls, on the clock of the scope.',
        },
      ),
    ),
    growing: Type.Optional(
      flag('Whether no gap is smaller than the one before, and the last is larger than the first.'),
    ),
    stops: Type.Optional(flag('Whether a poll reported the end of the job, and none came after.')),
  },
  CLOSED,
)
export type PollVerify = Static<typeof PollVerify>

/** How clients polled a job. */
export const PollDocument = Type.Object(
  {
    polls: count('The number of polls of the job in the journal.'),
    gaps_ms: Type.Array(Type.Integer(), { description: 'The times between them, in order.' }),
    after_end: count('The number of polls after the first that reported the end of the job.'),
    dropped: count('Requests that the journal no longer holds.'),
  },
  { title: 'Polls' },
)
export type PollDocument = Static<typeof PollDocument>

/** The polls of a job in the journal. */
interface Polls extends PollDocument {
  /** Whether one of them reported the end of the job. */
  readonly ended: boolean
}

/** How clients polled the jobs of a scope. */
export class PollControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /**
   * Asserts how a job was polled.
   *
   * @throws ControlError with every unmet expectation, or if requests were dropped; JobError if the
   *   job is missing.
   */
  verify(wanted: PollVerify): PollDocument {
    this.#context.assertUsable()
    const use = { action: 'verify polls' }
    const checked = checkInput(PollVerify, wanted, use)
    if (expectsNothing(checked)) throw refuseInput([EXPECTS_NOTHING], use)
    const scope = this.#context.scope()
    assertNotEvicted(scope, use.action)
    const { jobs, journal } = scope
    const { job } = jobs.get(readReference(checked.job))
    const entries = journal
      .list()
      .filter(({ jobId, jobStatus }) => jobId === job.id && jobStatus !== undefined)
    const { ended, ...found } = describe(entries, journal.dropped)
    const misses = missesOf({ ...found, ended }, checked)
    if (misses.length === 0) return found
    const message = `Job ${job.id} was not polled as expected: ${misses.join('; ')}`
    throw new ControlError('NOT_VERIFIED', message, { found })
  }
}

const EXPECTS_NOTHING = {
  path: [],
  part: 'value',
  message: 'expected times, gaps, growing or stops, got nothing that polls could fail to meet',
} as const

function expectsNothing({ times = {}, gaps, growing, stops }: PollVerify): boolean {
  return isAlwaysMet(times) && gaps === undefined && !growing && !stops
}

function describe(entries: readonly JournalEntry[], dropped: number): Polls {
  const gaps_ms = entries.slice(1).map(({ atMs }, index) => atMs - Number(entries[index]?.atMs))
  const end = entries.findIndex(({ jobStatus }) => jobStatus !== 'RUNNING')
  const after_end = end < 0 ? 0 : entries.length - end - 1
  return { polls: entries.length, gaps_ms, after_end, dropped, ended: end >= 0 }
}

function missesOf(found: Polls, { times = {}, gaps = {}, growing, stops }: PollVerify): string[] {
  const missed = missedTimes(times, { number: found.polls, noun: 'poll' })
  const { dropped } = found
  return [
    ...(missed === undefined ? [] : [`expected ${missed}, got ${found.polls}`]),
    ...gapMisses(found, gaps),
    ...(growing ? growthMisses(found) : []),
    ...(stops ? endMisses(found) : []),
    ...(dropped > 0 ? [`${countText(dropped, 'request')} dropped, raise journal-requests`] : []),
  ]
}

/** Without a gap, an expectation about gaps cannot be checked, and is not met. */
function gapMisses(
  { polls, gaps_ms }: Polls,
  { at_least, at_most }: NonNullable<PollVerify['gaps']>,
): string[] {
  const sorted = gaps_ms.toSorted((left, right) => left - right)
  const [smallest, largest] = [sorted[0], sorted.at(-1)]
  const got = (which: string, gap: number | undefined) =>
    gap === undefined ? `got ${countText(polls, 'poll')}` : `the ${which} is ${gap} ms`
  const misses: string[] = []
  if (at_least !== undefined && (smallest ?? -1) < parseDuration(at_least)) {
    misses.push(`expected gaps of at least ${at_least}, ${got('smallest', smallest)}`)
  }
  if (at_most !== undefined && (largest ?? Number.POSITIVE_INFINITY) > parseDuration(at_most)) {
    misses.push(`expected gaps of at most ${at_most}, ${got('largest', largest)}`)
  }
  return misses
}

/** One gap cannot grow. */
function growthMisses({ polls, gaps_ms }: Polls): string[] {
  if (gaps_ms.length < 2) return [`expected growing gaps, got ${countText(polls, 'poll')}`]
  const isSteady = gaps_ms.every((gap, index) => index === 0 || gap >= Number(gaps_ms[index - 1]))
  if (isSteady && Number(gaps_ms.at(-1)) > Number(gaps_ms[0])) return []
  return [`expected growing gaps, got ${gaps_ms.join(', ')} ms`]
}

function endMisses({ after_end, ended }: Polls): string[] {
  if (!ended) return ['expected no poll after the end, no poll reported the end']
  return after_end === 0 ? [] : [`expected no poll after the end, got ${after_end}`]
}
