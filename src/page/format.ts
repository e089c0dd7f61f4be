/** A duration in the two largest units that matter, such as `3 s`, `1.5 s` or `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = Math.floor(ms / 100) / 10
  if (seconds < 60) return `${seconds} s`
  const whole = Math.floor(ms / 1000)
  const [large, small] = UNITS.find(([{ size }]) => whole >= size) ?? MINUTES
  const rest = Math.floor((whole % large.size) / small.size)
  const first = `${Math.floor(whole / large.size)} ${large.name}`
  return rest === 0 ? first : `${first} ${rest} ${small.name}`
}

const [DAY, HOUR, MINUTE, SECOND] = [
  { size: 86_400, name: 'd' },
  { size: 3600, name: 'h' },
  { size: 60, name: 'min' },
  { size: 1, name: 's' },
]
const UNITS = [
  [DAY, HOUR],
  [HOUR, MINUTE],
] as const
const MINUTES = [MINUTE, SECOND] as const

/** The date of a time, in UTC: `2026-05-01`. */
export function formatDate(ms: number): string {
  return isoOf(ms).replace(/T.*/, '')
}

/** The time of day, in UTC, with milliseconds: `10:15:00.250`. */
export function formatTime(ms: number): string {
  return isoOf(ms).replace(/^.*T|Z$/g, '')
}

/** A number with separators of thousands. */
export function formatCount(count: number): string {
  return count.toLocaleString('en')
}

/** A count and its noun: `1 job`, `2 jobs`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** ISO 8601 of a time; clocks of scopes show none that a date cannot. */
function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
