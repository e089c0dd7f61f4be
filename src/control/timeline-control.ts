import { type Static, Type } from '@sinclair/typebox'
import { checkInput, toJson } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { refuseInput } from '../control-parts/control-error.ts'
import { moment } from '../control-parts/control-kinds.ts'
import { knownNames } from '../control-parts/read-fixtures.ts'
import { FixtureTimelineEntry } from '../fixture-format/timeline-format.ts'
import { readTimeline } from '../fixtures/read-timeline.ts'
import type { Redaction } from '../patterns/redaction.ts'
import type { ListedEntry } from '../scope/timeline.ts'

/** An entry of a timeline as the control API shows it. */
export const EntryDocument = Type.Object(
  {
    at_ms: moment('When it is due'),
    applied: Type.Boolean({ description: 'Whether its time has come.' }),
    error: Type.Union([Type.String(), Type.Null()], {
      description: 'Why it could not be applied, such as that there was no such job.',
    }),
    entry: FixtureTimelineEntry,
  },
  { title: 'TimelineEntry' },
)
export type EntryDocument = Static<typeof EntryDocument>

/** The timeline of a scope: its entries in the order in which they are due. */
export const TimelineDocument = Type.Object(
  { entries: Type.Array(EntryDocument) },
  { title: 'Timeline' },
)
export type TimelineDocument = Static<typeof TimelineDocument>

/** The entries of a new timeline. */
export const TimelineInput = Type.Array(FixtureTimelineEntry, {
  description: 'The entries of a timeline that starts now.',
  expected: 'a list of entries',
})

const TO_REPLACE = { action: 'replace the timeline', code: 'BAD_FIXTURES' } as const

/** The timeline of a scope. */
export class TimelineControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /** All entries, also those whose time has come. */
  list(): TimelineDocument {
    const { timeline, redaction } = this.#context.scope()
    return { entries: timeline.list().map((entry) => toEntryDocument(entry, redaction)) }
  }

  /**
   * Replaces all entries by some that start now; what clusters have planned by themselves stays.
   *
   * @throws ControlError if an entry is invalid, or names an unknown cluster or fault; ScopeError if
   *   there are too many.
   */
  put(entries: readonly FixtureTimelineEntry[]): TimelineDocument {
    this.#context.assertUsable()
    const checked = checkInput(TimelineInput, entries, TO_REPLACE)
    const reading = readTimeline(checked, knownNames(this.#context))
    if ('problems' in reading) throw refuseInput(reading.problems, TO_REPLACE)
    const { timeline, clock, jobs } = this.#context.scope()
    timeline.replace(reading.value, clock.now())
    // An entry may be due at once.
    jobs.settle()
    return this.list()
  }
}

/** Describes an entry without secrets. */
export function toEntryDocument(
  { atMs, isApplied, error, entry }: ListedEntry,
  redaction: Redaction,
): EntryDocument {
  // An entry keeps the text that it was read from: a caller gets a copy to change.
  const copy = redaction.value(toJson(entry.text, { action: 'show the timeline' }))
  return {
    at_ms: atMs,
    applied: isApplied,
    error: error === undefined ? null : redaction.text(error),
    entry: copy as FixtureTimelineEntry,
  }
}
