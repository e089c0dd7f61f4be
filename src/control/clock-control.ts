import { type Static, Type } from '@sinclair/typebox'
import { CLOCK_MODES, type ClockSetting, MAX_SCALE } from '../clock/clock.ts'
import { MAX_TIME_MS } from '../clock/controlled-clock.ts'
import { parseDuration } from '../clock/duration.ts'
import { choice, duration } from '../documents/schema-kinds.ts'
import type { Scope } from '../scope/scope.ts'
import type { ScopeContext } from './control-context.ts'
import { ControlError, refuseInput } from './control-error.ts'
import { CLOSED, moment } from './control-kinds.ts'

const Mode = choice(CLOCK_MODES, { description: 'How time passes.' })

const scaleShape = { exclusiveMinimum: 0, maximum: MAX_SCALE }

/** How time is to pass from now on. */
export const ClockChange = Type.Object(
  {
    mode: Mode,
    scale: Type.Optional(
      Type.Number({
        ...scaleShape,
        description: 'How many milliseconds pass in a real one, where the mode is scaled.',
        expected: `a number over 0, and at most ${MAX_SCALE}`,
      }),
    ),
    now: Type.Optional(moment('The time to move on to')),
    poll_advance: Type.Optional(
      duration({ description: 'How far a poll moves the clock while the mode is auto.' }),
    ),
  },
  CLOSED,
)
export type ClockChange = Static<typeof ClockChange>

/** How far time is to move. */
export const ClockAdvance = Type.Object(
  { by: duration({ description: 'How far the clock moves.' }) },
  CLOSED,
)
export type ClockAdvance = Static<typeof ClockAdvance>

/** The clock of a scope. */
export const ClockDocument = Type.Object(
  {
    mode: Mode,
    scale: Type.Optional(Type.Number({ description: 'Where the mode is scaled.' })),
    now: moment('The time'),
    next_change_at: Type.Union([moment('When time alone next changes a job'), Type.Null()]),
    poll_advance: Type.Integer({ description: 'How far a poll moves it in ms, in the mode auto.' }),
  },
  { title: 'Clock' },
)
export type ClockDocument = Static<typeof ClockDocument>

/** The clock of a scope: what is due has happened once a call comes back. */
export class ClockControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /** How the clock stands. */
  get(): ClockDocument {
    const { clock, jobs } = this.#scope
    const { setting } = clock
    return {
      mode: setting.mode,
      ...(setting.mode === 'scaled' ? { scale: setting.scale } : {}),
      now: clock.now(),
      next_change_at: jobs.nextChangeAtMs() ?? null,
      poll_advance: clock.pollAdvanceMs,
    }
  }

  /**
   * Lets time pass otherwise from now on.
   *
   * @throws ControlError where the scale does not fit the mode, or time would run backwards.
   */
  set({ mode, scale, now, poll_advance }: ClockChange): ClockDocument {
    const { clock } = this.#scope
    const setting = readSetting(mode, scale)
    const nowMs = clock.now()
    const aheadMs = (now ?? nowMs) - nowMs
    if (aheadMs < 0) {
      const message = `Cannot set the clock to ${now}: it is ${nowMs}, and never runs backwards`
      throw new ControlError('CLOCK_RUNS_BACKWARDS', message)
    }
    if (aheadMs > 0) this.#assertReachable(aheadMs)
    clock.set(
      setting,
      poll_advance === undefined ? {} : { pollAdvanceMs: parseDuration(poll_advance) },
    )
    return this.#move(aheadMs)
  }

  /** Moves time on. Throws ControlError where it is no duration, or leads past what a clock shows. */
  advance(by: ClockAdvance['by']): ClockDocument {
    const ms = parseDuration(by)
    this.#assertReachable(ms)
    return this.#move(ms)
  }

  /** Moves time on to the next moment that a job changes. Throws ControlError where there is none. */
  next(): ClockDocument {
    const { clock, jobs } = this.#scope
    const atMs = jobs.nextChangeAtMs()
    if (atMs === undefined) {
      const reason = 'no job changes by time alone'
      throw new ControlError('NOTHING_AHEAD', `Cannot move the clock to the next change: ${reason}`)
    }
    return this.#move(Math.max(atMs - clock.now(), 0))
  }

  /** Moves time on until no job can change by time alone; not at all where none can. */
  run(): ClockDocument {
    const { clock, jobs } = this.#scope
    const nowMs = clock.now()
    return this.#move(Math.max((jobs.lastChangeAtMs() ?? nowMs) - nowMs, 0))
  }

  get #scope(): Scope {
    return this.#context.scope()
  }

  #assertReachable(ms: number): void {
    if (this.#scope.clock.now() + ms <= MAX_TIME_MS) return
    const message = `the clock can show no time after ${MAX_TIME_MS}`
    throw refuseInput('BAD_REQUEST', 'the time', [{ path: [], part: 'value', message }])
  }

  #move(ms: number): ClockDocument {
    const { clock, jobs, changes } = this.#scope
    clock.advance(ms)
    jobs.settle()
    changes.fire()
    return this.get()
  }
}

function readSetting(mode: ClockChange['mode'], scale: number | undefined): ClockSetting {
  if (mode === 'scaled' && scale !== undefined) return { mode, scale }
  if (mode !== 'scaled' && scale === undefined) return { mode }
  const message = mode === 'scaled' ? 'the mode scaled needs it' : 'only the mode scaled has one'
  throw refuseInput('BAD_REQUEST', 'the clock', [{ path: ['scale'], part: 'key', message }])
}
