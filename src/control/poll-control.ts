import { type Static, Type } from '@sinclair/typebox'
import { parseDuration } from '../clock/duration.ts'
import { duration } from '../documents/schema-kinds.ts'
import type { JournalEntry } from '../scope/journal.ts'
import type { ScopeContext } from './control-context.ts'
import { ControlError } from './control-error.ts'
import { CLOSED, count, missedTimes, Times } from './control-kinds.ts'
import { JobReference, readReference } from './job-reference.ts'

/** What is to be true of how a client polled a job; what is left out is not looked at. */
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
        { ...CLOSED, description: 'The time between polls, on the clock of the scope.' },
      ),
    ),
    growing: Type.Optional(
      Type.Boolean({
        description:
          'Whether no gap may be smaller than the one before, and the last must be larger than the first.',
        expected: 'true or false',
      }),
    ),
    stops: Type.Optional(
      Type.Boolean({
        description: 'Whether no poll may come after one that told how the job ended.',
        expected: 'true or false',
      }),
    ),
  },
  CLOSED,
)
export type PollVerify = Static<typeof PollVerify>

/** How a job was polled. */
export const PollDocument = Type.Object(
  {
    polls: count('How many polls of the job there are in the journal.'),
    gaps: Type.Array(Type.Integer(), { description: 'The time between them in ms, in order.' }),
    after_end: count('How many came after one that told how the job ended.'),
    dropped: count('Requests that the journal no longer holds.'),
  },
  { title: 'Polls' },
)
export type PollDocument = Static<typeof PollDocument>

/** How clients polled the jobs of a scope. */
export class PollControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /**
   * Makes sure of how a job was polled.
   *
   * @throws ControlError with all that is not as it should be, or where requests were dropped;
   *   JobError where there is no such job.
   */
  verify(wanted: PollVerify): PollDocument {
    const { jobs, journal } = this.#context.scope()
    const { job } = jobs.get(readReference(wanted.job))
    const polls = journal
      .list()
      .filter(({ jobId, jobStatus }) => jobId === job.id && jobStatus !== undefined)
    const found = describe(polls, journal.dropped)
    const misses = [
      ...missesOf(found, wanted),
      ...(journal.dropped > 0
        ? [`${journal.dropped} requests were dropped, raise journal-requests`]
        : []),
    ]
    if (misses.length === 0) return found
    const message = `Job ${job.id} was not polled as expected: ${misses.join('; ')}`
    throw new ControlError('NOT_VERIFIED', message, { found })
  }
}

function describe(polls: readonly JournalEntry[], dropped: number): PollDocument {
  const gaps = polls.slice(1).map(({ atMs }, index) => atMs - Number(polls[index]?.atMs))
  const end = polls.findIndex(({ jobStatus }) => jobStatus !== 'RUNNING')
  const after_end = end < 0 ? 0 : polls.length - end - 1
  return { polls: polls.length, gaps, after_end, dropped }
}

function missesOf({ polls, gaps, after_end }: PollDocument, wanted: PollVerify): string[] {
  const missed = missedTimes(polls, wanted.times ?? {})
  return [
    ...(missed === undefined ? [] : [`expected ${missed} polls, got ${polls}`]),
    ...gapMisses(gaps, wanted.gaps ?? {}),
    ...(!wanted.growing || areGrowing(gaps)
      ? []
      : [`expected growing gaps, got ${gaps.join(', ')} ms`]),
    ...(!wanted.stops || after_end === 0
      ? []
      : [`expected no poll after the end, got ${after_end}`]),
  ]
}

function gapMisses(
  gaps: readonly number[],
  { at_least, at_most }: NonNullable<PollVerify['gaps']>,
): string[] {
  const sorted = gaps.toSorted((left, right) => left - right)
  const smallest = sorted[0] ?? Number.POSITIVE_INFINITY
  const largest = sorted.at(-1) ?? 0
  const misses: string[] = []
  if (at_least !== undefined && smallest < parseDuration(at_least)) {
    misses.push(`expected gaps of at least ${at_least}, the smallest is ${smallest} ms`)
  }
  if (at_most !== undefined && largest > parseDuration(at_most)) {
    misses.push(`expected gaps of at most ${at_most}, the largest is ${largest} ms`)
  }
  return misses
}

/** No gap is smaller than the one before, and where there are two or more they do grow. */
function areGrowing(gaps: readonly number[]): boolean {
  const never = gaps.every((gap, index) => index === 0 || gap >= Number(gaps[index - 1]))
  return never && (gaps.length < 2 || Number(gaps.at(-1)) > Number(gaps[0]))
}
