const UNITS_MS = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

/** The longest duration, a hundred years: epoch milliseconds stay exact. */
const MAX_DURATION_MS = 100 * 365 * 24 * 3_600_000

/** The form of a duration, for error messages. */
export const DURATION_FORM =
  'a duration such as 250ms, 2s, 5m, 1h, or a number of milliseconds, at most 876000h'

/** Whether a value is a duration of at most a hundred years. */
export function isDuration(value: unknown): value is string | number {
  const given = typeof value === 'string' || typeof value === 'number'
  return given && inRange(toMs(value))
}

/**
 * Reads a duration as whole milliseconds: `250ms`, `1.5s`, `5m`, `1h`, or a number of milliseconds.
 *
 * @throws RangeError if it is invalid.
 */
export function parseDuration(value: string | number): number {
  const ms = toMs(value)
  if (inRange(ms)) return Math.round(ms)
  throw new RangeError(`Cannot read ${value}: expected ${DURATION_FORM}`)
}

function toMs(value: string | number): number {
  if (typeof value === 'number') return value
  const [, amount, unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(value) ?? []
  return Number(amount) * Number(UNITS_MS.get(unit))
}

function inRange(ms: number): boolean {
  return ms >= 0 && ms <= MAX_DURATION_MS
}
