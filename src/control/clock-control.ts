import { type Static, Type } from '@sinclair/typebox'
import { CLOCK_MODES, type ClockSetting, MAX_SCALE } from '../clock/clock.ts'
import { MAX_TIME_MS } from '../clock/controlled-clock.ts'
import { parseDuration } from '../clock/duration.ts'
import { checkInput } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { ControlError, refuseInput } from '../control-parts/control-error.ts'
import { moment } from '../control-parts/control-kinds.ts'
import { CLOSED, choice, duration } from '../documents/schema-kinds.ts'
import type { Scope } from '../scope/scope.ts'

const Mode = choice(CLOCK_MODES, { description: 'How time passes.' })

const scaleShape = { exclusiveMinimum: 0, maximum: MAX_SCALE }

/** A change of how time passes. Omitted keys are unchanged. */
export const ClockChange = Type.Object(
  {
    mode: Mode,
    scale: Type.Optional(
      Type.Number({
        ...scaleShape,
        description: 'Milliseconds of the scope per real millisecond, in the mode scaled.',
        expected: `a number over 0, and at most ${MAX_SCALE}`,
      }),
    ),
    now_ms: Type.Optional(moment('The time to move to')),
    poll_advance: Type.Optional(
      duration({ description: 'How far a poll moves the clock in the mode auto.' }),
    ),
  },
  CLOSED,
)
export type ClockChange = Static<typeof ClockChange>

/** A move of the clock. */
export const ClockAdvance = Type.Object(
  { by: duration({ description: 'How far to move the clock.' }) },
  CLOSED,
)
export type ClockAdvance = Static<typeof ClockAdvance>

/** The clock of a scope. */
export const ClockDocument = Type.Object(
  {
    mode: Mode,
    scale: Type.Optional(Type.Number({ description: 'Only in the mode scaled.' })),
    now_ms: moment('The time'),
    next_change_at_ms: Type.Union([
      moment('When time alone next changes a job, or the timeline has an event'),
      Type.Null(),
    ]),
    poll_advance_ms: Type.Integer({ description: 'How far a poll moves it in the mode auto.' }),
  },
  { title: 'Clock' },
)
export type ClockDocument = Static<typeof ClockDocument>

const TO_SET = { action: 'set the clock' }

/** The purpose of a ClockAdvance, for the error that rejects it. */
export const TO_ADVANCE = { action: 'advance the clock' }

/** The clock of a scope. Whatever becomes due has happened when a method returns. */
export class ClockControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /** The mode, the time, and the next change that is ahead. */
  get(): ClockDocument {
    return toClockDocument(this.#scope)
  }

  /**
   * Changes how time passes, and moves the time if `now_ms` is given.
   *
   * @throws ControlError if the change is invalid, or time would run backwards.
   */
  set(change: ClockChange): ClockDocument {
    this.#context.assertUsable()
    const { mode, scale, now_ms, poll_advance } = checkInput(ClockChange, change, TO_SET)
    const setting = readSetting(mode, scale)
    const { clock } = this.#scope
    const nowMs = clock.now()
    const aheadMs = (now_ms ?? nowMs) - nowMs
    if (aheadMs < 0) {
      const message = `Cannot set the clock to ${now_ms}: it is ${nowMs}, and never runs backwards`
      throw new ControlError('CLOCK_RUNS_BACKWARDS', message)
    }
    const pollAdvanceMs = poll_advance === undefined ? undefined : parseDuration(poll_advance)
    clock.set(setting, pollAdvanceMs === undefined ? {} : { pollAdvanceMs })
    return this.#moveTo(nowMs + aheadMs)
  }

  /**
   * Moves the clock by a duration, such as `2s` or a number of milliseconds.
   *
   * @throws ControlError if it is no duration, or the time would be later than a clock can show.
   */
  advance(by: ClockAdvance['by']): ClockDocument {
    this.#context.assertUsable()
    const checked = checkInput(ClockAdvance, { by }, TO_ADVANCE)
    return this.#moveTo(this.#scope.clock.now() + parseDuration(checked.by))
  }

  /**
   * Moves the clock to the next time at which a job changes, or something of the timeline is due.
   *
   * @throws ControlError if nothing is ahead, or only later than a clock can show.
   */
  next(): ClockDocument {
    const atMs = this.#scope.jobs.nextChangeAtMs()
    if (atMs !== undefined) return this.#moveTo(atMs)
    const reason = 'no job changes by time alone, and the timeline has nothing ahead'
    throw new ControlError('NOTHING_AHEAD', `Cannot move the clock to the next change: ${reason}`)
  }

  /**
   * Moves the clock until nothing is ahead: the timeline is over, and no job can change by time alone.
   *
   * @throws ControlError if that is later than a clock can show. The clock has not moved then, unless
   *   it is by what an entry of the timeline has started.
   */
  run(): ClockDocument {
    const { clock, jobs, timeline } = this.#scope
    assertShown(jobs.lastChangeAtMs() ?? clock.now())
    // One at a time: an entry may start what changes later, or end what would have changed later.
    for (let atMs = timeline.nextAtMs(); atMs !== undefined; atMs = timeline.nextAtMs()) {
      this.#pass(atMs)
    }
    return this.#moveTo(jobs.lastChangeAtMs() ?? clock.now())
  }

  get #scope(): Scope {
    return this.#context.scope()
  }

  /** Moves the clock to a time; not at all if it is past. */
  #moveTo(atMs: number): ClockDocument {
    this.#pass(atMs)
    return this.get()
  }

  #pass(atMs: number): void {
    assertShown(atMs)
    const { clock, jobs, changes } = this.#scope
    clock.advance(Math.max(atMs - clock.now(), 0))
    jobs.settle()
    changes.fire('clock')
  }
}

/** Describes the clock of a scope. */
export function toClockDocument({ clock, jobs }: Scope): ClockDocument {
  const { setting } = clock
  return {
    mode: setting.mode,
    ...(setting.mode === 'scaled' ? { scale: setting.scale } : {}),
    now_ms: clock.now(),
    next_change_at_ms: jobs.nextChangeAtMs() ?? null,
    poll_advance_ms: clock.pollAdvanceMs,
  }
}

/** Throws ControlError for a time that a clock cannot show. */
function assertShown(atMs: number): void {
  if (atMs <= MAX_TIME_MS) return
  const reason = `a clock shows no time after ${MAX_TIME_MS}`
  throw new ControlError('CLOCK_LIMIT', `Cannot move the clock to ${atMs}: ${reason}`)
}

function readSetting(mode: ClockChange['mode'], scale: number | undefined): ClockSetting {
  if (mode === 'scaled' && scale !== undefined) return { mode, scale }
  if (mode !== 'scaled' && scale === undefined) return { mode }
  const message = mode === 'scaled' ? 'the mode scaled needs it' : 'only the mode scaled has one'
  throw refuseInput([{ path: ['scale'], part: 'key', message }], TO_SET)
}
