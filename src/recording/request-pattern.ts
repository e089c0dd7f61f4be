import type { MessageSchema } from '../avro/avro-schema.ts'
import { defaultValue } from '../avro/default-record.ts'
import type { JsonObject, JsonValue } from '../documents/json-value.ts'
import { writeJson } from '../documents/write-json.ts'
import { writeValue } from '../fixture-format/fixture-dialect.ts'
import { isJobList, isJobRecord, type JobRecord, type JobValue } from '../jobs/job.ts'
import { REDACTED, type Redaction } from '../patterns/redaction.ts'
import { canonicalJson } from './canonical-json.ts'
import { isSameValue } from './same-value.ts'
import { isExpression, startPattern, wildPattern } from './text-expressions.ts'

/** The condition on a request: what is the default, secret, random or too long is not part of it. */
export interface RequestPattern {
  /** As in `when.request`. */
  readonly fields: JsonObject
  /** Equal for equal conditions. */
  readonly key: string
  /** A condition that another one implies has a smaller weight, or an equal one and more expressions. */
  readonly weight: number
  /** The number of regular expressions. */
  readonly expressions: number
}

/** The condition on a request, and the secrets that are no part of it. */
export interface ReadPattern {
  readonly pattern: RequestPattern
  /** With their paths, such as `request.options.password`. */
  readonly secrets: ReadonlyMap<string, string>
}

/** Names of tables that clients make up for each query (Python 7.2.3.13, `sql_paging…`). */
const RANDOM_OPTIONS: ReadonlySet<string> = new Set(['paging_table', 'job_tag'])

/** The longest text or list of a condition, in characters of JSON. */
export const MAX_FIELD_LENGTH = 10_000

/** What a condition is made with. */
export interface PatternOptions {
  readonly schema: MessageSchema
  readonly redaction: Redaction
}

/** The condition that a request meets, and others that differ from it do not. */
export function patternOf(request: JobRecord, { schema, redaction }: PatternOptions): ReadPattern {
  const maker = new PatternMaker(redaction)
  const shown = redaction.value(request)
  const fields: Record<string, JsonValue> = {}
  for (const { name, type, default: given } of schema.fields) {
    const value = withoutRandom(name, partOf(request, name))
    if (isSameValue(value, defaultValue(type, given))) continue
    const pattern = maker.pattern({
      value,
      shown: withoutRandom(name, partOf(shown, name)),
      path: [name],
    })
    if (pattern !== undefined) fields[name] = pattern
  }
  const key = canonicalJson(fields)
  const { expressions, secrets } = maker
  return { pattern: { fields, key, weight: weightOf(fields), expressions }, secrets }
}

/** A value, the same without secrets, and where it is. */
interface Place {
  readonly value: JobValue
  readonly shown: JobValue
  readonly path: readonly string[]
}

class PatternMaker {
  expressions = 0
  readonly secrets = new Map<string, string>()
  readonly #redaction: Redaction

  constructor(redaction: Redaction) {
    this.#redaction = redaction
  }

  /** The condition on a value; undefined: any value meets it. */
  pattern(place: Place): JsonValue | undefined {
    const { value, shown, path } = place
    if (typeof value === 'string') return this.#text(value, String(shown), path)
    if (Buffer.isBuffer(value)) return this.#bytes(value, shown)
    if (isJobList(value)) return this.#list(value, place)
    if (isJobRecord(value)) return this.#map(value, place)
    return typeof value === 'number' && !Number.isFinite(value) ? undefined : writeValue(value)
  }

  #text(value: string, shown: string, path: readonly string[]): JsonValue | undefined {
    if (value === shown && value.length <= MAX_FIELD_LENGTH) return value
    if (shown === REDACTED) {
      if (!path.some((key) => /[.{}]/.test(key))) {
        this.secrets.set(['request', ...path].join('.'), value)
      }
      return undefined
    }
    this.expressions += 1
    return value === shown ? startPattern(value) : wildPattern(shown)
  }

  #bytes(value: Buffer, shown: JobValue): JsonValue | undefined {
    const isHidden = value !== shown || this.#redaction.isSuspect(value)
    return isHidden || value.length > MAX_FIELD_LENGTH ? undefined : writeValue(value)
  }

  #list(list: readonly JobValue[], { shown, path }: Place): JsonValue | undefined {
    const items: JsonValue[] = []
    let length = 0
    for (const [index, value] of list.entries()) {
      const item = this.pattern({
        value,
        shown: partOf(shown, index),
        path: [...path, String(index)],
      })
      const given = item ?? (typeof value === 'string' ? wildPattern('') : undefined)
      length += given === undefined ? 0 : lengthOf(given)
      if (given === undefined || length > MAX_FIELD_LENGTH) return undefined
      items.push(given)
    }
    return items
  }

  #map(map: JobRecord, { shown, path }: Place): JsonValue | undefined {
    const entries: [string, JsonValue][] = []
    for (const [key, value] of Object.entries(map)) {
      const item = this.pattern({ value, shown: partOf(shown, key), path: [...path, key] })
      if (item !== undefined) entries.push([key, item])
    }
    const pattern = Object.fromEntries(entries)
    // It would be read as an expression for a text.
    if (isExpression(pattern) && path.length > 1) return undefined
    return lengthOf(pattern) > MAX_FIELD_LENGTH ? undefined : pattern
  }
}

function withoutRandom(name: string, value: JobValue): JobValue {
  if (name !== 'options' || !isJobRecord(value)) return value
  const entries = Object.entries(value).filter(([key]) => !RANDOM_OPTIONS.has(key))
  return Object.fromEntries(entries)
}

/** A part of a value: what was redacted has the same parts. */
function partOf(value: JobValue, key: string | number): JobValue {
  /* c8 ignore next 2 -- it has each part that is asked for */
  if (isJobList(value)) return value[Number(key)] ?? null
  return isJobRecord(value) ? (value[key] ?? null) : null
}

function lengthOf(value: JsonValue): number {
  return typeof value === 'string' ? value.length : writeJson(value).length
}

/** The number of values in a condition, those of maps and lists included. */
function weightOf(value: JsonValue): number {
  if (typeof value !== 'object' || value === null || isExpression(value)) return 1
  const items: readonly JsonValue[] = Object.values(value)
  return items.reduce<number>((sum, item) => sum + weightOf(item), 1)
}
