/** Where time comes from. Time never runs backwards. */
export interface Clock {
  /** Now, in whole epoch milliseconds. */
  now(): number
  /** Tells the clock that a job was polled, which is what moves an auto clock. */
  polled(): void
  /** Comes back once `ms` of this clock's time have passed; an auto clock passes them at once. */
  wait(ms: number): Promise<void>
}

/** Which clock to make. `scale` is how many milliseconds pass in a real one. */
export type ClockSetting =
  | { readonly mode: 'real' }
  | { readonly mode: 'scaled'; readonly scale: number }
  | { readonly mode: 'frozen' }
  | { readonly mode: 'auto' }

const MAX_SCALE = 1_000_000

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
