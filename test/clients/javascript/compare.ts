import { writeJson } from './exact-json.ts'

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Replaces each `$name` by the saved value, and `long:…` by a bigint. */
export function resolve(value: unknown, saved: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((one) => resolve(one, saved))
  if (isFields(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one, saved)]))
  }
  if (typeof value !== 'string') return value
  if (value.startsWith('long:')) return BigInt(value.slice('long:'.length))
  if (value.startsWith('$') && saved.has(value.slice(1))) return saved.get(value.slice(1))
  return value.replace(/\$(\w+)/g, (whole, name: string) => String(saved.get(name) ?? whole))
}

/** The path of the first difference between an answer and the expected one; undefined if none. */
export function findMismatch(
  actual: unknown,
  wanted: unknown,
  path = 'answer',
): string | undefined {
  if (Array.isArray(wanted) && Array.isArray(actual) && actual.length === wanted.length) {
    const places = wanted.map((one, index) => findMismatch(actual[index], one, `${path}[${index}]`))
    return places.find((place) => place !== undefined)
  }
  if (isFields(wanted) && isFields(actual)) {
    const places = Object.entries(wanted).map(([key, one]) =>
      findMismatch(actual[key], one, `${path}.${key}`),
    )
    return places.find((place) => place !== undefined)
  }
  if (isSame(actual, wanted)) return undefined
  return `${path} is ${writeJson(actual)} instead of ${writeJson(wanted)}`
}

/** Compares numbers and bigints by value. */
function isSame(actual: unknown, wanted: unknown): boolean {
  if (isFields(wanted) && '$present' in wanted) return actual !== undefined
  if (isFields(wanted) && '$contains' in wanted) {
    return String(actual).includes(String(wanted['$contains']))
  }
  if (isWhole(actual) && isWhole(wanted)) return BigInt(actual) === BigInt(wanted)
  return actual === wanted
}

function isWhole(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isInteger(value)
}
