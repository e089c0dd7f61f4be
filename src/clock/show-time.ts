/** Bound when the module loads: fake timers of a test replace it. */
const SystemDate = Date

/** A time as `2100-01-01 00:00:05.000`, in UTC. */
export function showTime(atMs: number): string {
  return new SystemDate(atMs).toISOString().replace('T', ' ').replace('Z', '')
}

/** The date of a time as `2100-01-01`, in UTC. */
export function showDate(atMs: number): string {
  return showTime(atMs).slice(0, -13)
}

/** The time of the day as `00:00:05.000`, in UTC. */
export function showTimeOfDay(atMs: number): string {
  return new SystemDate(atMs).toISOString().slice(-13, -1)
}

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A duration in its two largest units: `250ms`, `2.5s`, `3m 20s`, `2h 5m`, `4d 3h`. */
export function showDuration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)}ms`
  if (ms < MINUTE_MS) return `${Math.floor(ms / 100) / 10}s`
  if (ms < HOUR_MS) return inUnits(ms, [MINUTE_MS, 'm', SECOND_MS, 's'])
  return ms < DAY_MS
    ? inUnits(ms, [HOUR_MS, 'h', MINUTE_MS, 'm'])
    : inUnits(ms, [DAY_MS, 'd', HOUR_MS, 'h'])
}

function inUnits(
  ms: number,
  [largeMs, large, smallMs, small]: readonly [number, string, number, string],
): string {
  const rest = Math.floor((ms % largeMs) / smallMs)
  return `${Math.floor(ms / largeMs)}${large}${rest === 0 ? '' : ` ${rest}${small}`}`
}
