/** The time of a scope's jobs; it never runs backwards. */
export interface Clock {
  /** Now, in whole epoch milliseconds. */
  now(): number
  /** Reports that a job was polled: an auto clock advances. */
  polled(): void
}

/** The ways in which time passes. */
export const CLOCK_MODES = ['real', 'scaled', 'frozen', 'auto'] as const
export type ClockMode = (typeof CLOCK_MODES)[number]

/** How time passes. `scale` is the number of milliseconds that pass in a real one. */
export type ClockSetting =
  | { readonly mode: 'scaled'; readonly scale: number }
  | { readonly mode: Exclude<ClockMode, 'scaled'> }

/** The maximum `scale`. */
export const MAX_SCALE = 1_000_000

/** The form of a clock setting, for error messages. */
export const CLOCK_FORM = 'real, frozen, auto, or a factor such as 10x'

/** Whether a value is the text of a clock setting. */
export function isClockSetting(value: unknown): value is string {
  return typeof value === 'string' && findClockSetting(value) !== undefined
}

/** Reads the text of a clock setting, such as `10x`. Throws RangeError if it is invalid. */
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
