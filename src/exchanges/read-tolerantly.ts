import type { AvroRecord } from '../avro/avro-value.ts'
import { AvroError } from '../avro/check-bytes.ts'
import { readRecord } from '../avro/json-reader.ts'
import type { RecordCodec } from '../avro/record-codec.ts'
import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../documents/json-value.ts'
import type { JsonPath, JsonProblem } from '../documents/reading.ts'
import { WIRE_DIALECT } from '../wire/message.ts'
import type { Note } from './drift.ts'

/** A record that was read as far as the schema knows it. */
export interface TolerantRecord {
  readonly record: AvroRecord
  /** Whether the bytes were this record and nothing else. */
  readonly isWhole: boolean
}

/** The maximum number of values in one answer: each takes more memory than its byte. */
const MAX_ANSWER_VALUES = 1_000_000

/** As the wire has it; a field may be missing. */
const DIALECT = { ...WIRE_DIALECT, absent: 'leave out' } as const

/**
 * Reads a record in Avro; bytes after it are noted. Undefined, which is noted too, if the bytes are
 * no such record.
 */
export function readBytes(
  codec: RecordCodec,
  bytes: Buffer,
  { path, note }: { readonly path: string; readonly note: Note },
): TolerantRecord | undefined {
  try {
    return { record: codec.decode(bytes, MAX_ANSWER_VALUES), isWhole: true }
  } catch (error) {
    /* c8 ignore next -- not about the bytes: a bug of this code */
    if (!(error instanceof AvroError)) throw error
    if (!/ left over$/.test(error.reason)) {
      note(path, `cannot be read as ${codec.name}: ${withoutNumbers(error.reason)}`)
      return undefined
    }
    note(path, `bytes are left over after ${codec.name}`)
    const record = codec.decode(bytes.subarray(0, error.offset), MAX_ANSWER_VALUES)
    return { record, isWhole: false }
  }
}

/**
 * Reads a record in JSON; unknown and missing fields are noted. Undefined, which is noted too, if
 * the value is no such record.
 */
export function readJsonValue(
  { schema }: Pick<RecordCodec, 'schema'>,
  value: JsonValue,
  { path, note }: { readonly path: string; readonly note: Note },
): TolerantRecord | undefined {
  const known = withoutUnknown(schema, value)
  for (const one of known.unknown) note(`${path}.${describe(one)}`, 'an unknown field')
  const reading = readRecord(schema, { value: known.value, dialect: DIALECT })
  if ('problems' in reading) {
    for (const { path: inside, message } of reading.problems) {
      note([path, ...inside.map(stepName)].join('.'), message.replace(/, got .*$/s, ''))
    }
    return undefined
  }
  const missing = schema.fields.filter(({ name, default: usual }) => {
    return usual === undefined && !Object.hasOwn(reading.value, name)
  })
  for (const { name } of missing) note(`${path}.${name}`, 'the field is missing')
  return { record: reading.value, isWhole: known.unknown.length + missing.length === 0 }
}

interface KnownValue {
  readonly value: JsonValue
  readonly unknown: readonly JsonPath[]
}

/** Removes the fields that a schema does not know: a reader reports a hundred at a time. */
function withoutUnknown(schema: RecordCodec['schema'], given: JsonValue): KnownValue {
  let value = given
  const unknown: JsonPath[] = []
  for (;;) {
    const reading = readRecord(schema, { value, dialect: DIALECT })
    const strange = 'problems' in reading ? reading.problems.filter(isUnknownField) : []
    if (strange.length === 0) return { value, unknown }
    for (const { path } of strange) {
      value = without(value, path)
      unknown.push(path)
    }
  }
}

function isUnknownField({ part }: JsonProblem): boolean {
  return part === 'key'
}

/** A copy of a value without what is at a path. */
function without(value: JsonValue, [step, ...rest]: JsonPath): JsonValue {
  if (isJsonList(value)) {
    return value.map((item, index) => (index === step ? without(item, rest) : item))
  }
  /* c8 ignore next -- a field is in a record, a record in a list or in another record */
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).flatMap(([key, item]): [string, JsonValue][] => {
    if (key !== step) return [[key, item]]
    return rest.length === 0 ? [] : [[key, without(item, rest)]]
  })
  return Object.fromEntries(entries) satisfies JsonObject
}

function describe(path: JsonPath): string {
  return path.map(stepName).join('.')
}

/** All items of a list have one name: a finding is not counted for each of them. */
function stepName(step: string | number): string {
  return typeof step === 'number' ? '[]' : step
}

/** Numbers differ from answer to answer. */
function withoutNumbers(text: string): string {
  return text.replace(/-?\d+/g, 'n')
}
