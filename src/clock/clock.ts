/** Where the jobs of a scope take their time from. Time never runs backwards. */
export interface Clock {
  /** Now, in whole epoch milliseconds. */
  now(): number
  /** Tells the clock that a job was polled, which is what moves an auto clock. */
  polled(): void
}

/** The ways in which time passes. */
export const CLOCK_MODES = ['real', 'scaled', 'frozen', 'auto'] as const
export type ClockMode = (typeof CLOCK_MODES)[number]

/** How time passes. `scale` is how many milliseconds pass in a real one. */
export type ClockSetting =
  | { readonly mode: 'scaled'; readonly scale: number }
  | { readonly mode: Exclude<ClockMode, 'scaled'> }

/** The fastest clock: how many milliseconds may pass in a real one. */
export const MAX_SCALE = 1_000_000

/** How a clock is named, for messages that want one. */
export const CLOCK_FORM = 'real, frozen, auto, or a factor such as 10x'

/** Tells whether a value names a clock. */
export function isClockSetting(value: unknown): value is string {
  return typeof value === 'string' && findClockSetting(value) !== undefined
}

/** Reads the name of a clock. Throws RangeError where it is none. */
export function parseClockSetting(text: string): ClockSetting {
  const setting = findClockSetting(text)
  if (setting) return setting
  throw new RangeError(`Cannot read the clock ${text}: expected ${CLOCK_FORM}`)
}

function findClockSetting(text: string): ClockSetting | undefined {
  if (text === 'real' || text === 'frozen' || text === 'auto') return { mode: text }
  const scale = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1])
  return scale > 0 && scale <= MAX_SCALE ? { mode: 'scaled', scale } : undefined
}
