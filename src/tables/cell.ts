import { stringify } from 'lossless-json'
import type { AvroValue } from '../avro/avro-value.ts'
import { isLong } from '../avro/long-type.ts'
import { countText } from '../documents/count-text.ts'
import {
  describeJson,
  isJsonList,
  isJsonObject,
  type JsonValue,
  RoundedNumber,
} from '../documents/json-value.ts'
import type { Cell, Column } from '../jobs/result.ts'
import { charLength, vectorLength } from './column-type.ts'

/** A cell, or what is wrong with the text of one. */
export type CellReading = { readonly cell: Cell } | { readonly problem: string }

/** The ranges of integers, both ends included; `boolean` is 0 or 1. */
const RANGES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  boolean: [0, 1],
  int8: [-128, 127],
  int16: [-32_768, 32_767],
  int: [-2_147_483_648, 2_147_483_647],
}

/** The forms of texts that clients parse: another one would stop them, not the mock. */
const TEXT_FORMS: Readonly<Record<string, readonly [form: RegExp, name: string]>> = {
  date: [/^-?\d{4}-\d{2}-\d{2}$/, 'a date such as "2026-01-31"'],
  time: [/^\d{2}:\d{2}:\d{2}(\.\d{1,6})?$/, 'a time such as "23:59:59.999"'],
  datetime: [
    /^-?\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?$/,
    'a datetime such as "2026-01-31 23:59:59.999"',
  ],
  ipv4: [/^\d{1,3}(\.\d{1,3}){3}$/, 'an address such as "192.168.0.1"'],
  decimal: [/^[+-]?(\d+(\.\d*)?|\.\d+)$/, 'a decimal as a string such as "12.3400"'],
  ulong: [/^\d{1,20}$/, 'an unsigned integer as a string such as "18446744073709551615"'],
  uuid: [/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i, 'a UUID as a string'],
}

const NOT_FINITE: ReadonlySet<JsonValue> = new Set(['NaN', 'Infinity', '-Infinity'])

/** A field of a record of a table as a cell: its type is one of those of cells. */
export function toCell(value: AvroValue | undefined): Cell {
  const isScalar = typeof value !== 'object' || Buffer.isBuffer(value)
  return isScalar && typeof value !== 'boolean' && value !== undefined ? value : null
}

/** Whether a value is a string with a template, which is filled for each request. */
export function isTemplate(value: JsonValue): value is string {
  return typeof value === 'string' && value.includes('{{')
}

/** Reads a cell that is not a template. Longs keep every digit; bytes are `{ "base64": "…" }`. */
export function readCell(column: Column, value: JsonValue): CellReading {
  if (value === null) return readNull(column)
  switch (column.item) {
    case 'int':
      return readInteger(column, value)
    case 'long':
      return readLong(value)
    case 'float':
      return readFloat(value)
    case 'double':
      return readNumber(value)
    case 'string':
      return readText(column, value)
    case 'bytes':
      return readBytes(column, value)
  }
}

/** As readCell, of the text of a cell in a file: numbers have no other form there. */
export function readCellText(column: Column, text: string): CellReading {
  switch (column.item) {
    case 'int':
    case 'long':
      return /^[+-]?\d{1,20}$/.test(text)
        ? readCell(column, toInteger(text))
        : readBooleanText(column, text)
    case 'float':
    case 'double':
      return readCell(column, isNumberText(text) ? Number(text) : text)
    case 'bytes':
      return readCell(column, { base64: text })
    case 'string':
      return readCell(column, text)
  }
}

function isNumberText(text: string): boolean {
  return text.trim() !== '' && !Number.isNaN(Number(text))
}

function readBooleanText(column: Column, text: string): CellReading {
  const isBoolean = text === 'true' || text === 'false'
  return readCell(column, isBoolean ? text === 'true' : text)
}

function toInteger(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

function readNull({ name, type, nullable }: Column): CellReading {
  if (nullable) return { cell: null }
  return { problem: `${name} is not nullable (write "${name} ${type}?")` }
}

function readInteger({ type }: Column, value: JsonValue): CellReading {
  /* c8 ignore next -- every type of an int has a range */
  const [min, max] = RANGES[type] ?? [0, 0]
  const number = type === 'boolean' && typeof value === 'boolean' ? Number(value) : value
  const isInside =
    typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max
  if (isInside) return { cell: number }
  const form = type === 'boolean' ? 'true or false' : `an integer from ${min} to ${max}`
  return refuse(form, value)
}

function readLong(value: JsonValue): CellReading {
  const long = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof long === 'bigint' && isLong(long)) return { cell: long }
  return refuse('an integer of 64 bits', value)
}

function readNumber(value: JsonValue): CellReading {
  if (typeof value === 'number') return { cell: value }
  if (typeof value === 'bigint' || NOT_FINITE.has(value)) return { cell: Number(value) }
  if (value instanceof RoundedNumber) return { cell: value.value }
  return refuse('a number, "NaN", "Infinity" or "-Infinity"', value)
}

/** One that is too large would be infinite in binary, and itself in JSON. */
function readFloat(value: JsonValue): CellReading {
  const reading = readNumber(value)
  if (!('cell' in reading) || typeof reading.cell !== 'number') return reading
  const isInfinite = Math.abs(Math.fround(reading.cell)) === Number.POSITIVE_INFINITY
  if (!isInfinite || Math.abs(reading.cell) === Number.POSITIVE_INFINITY) return reading
  return refuse('a number that a float can hold', value)
}

function readText(column: Column, value: JsonValue): CellReading {
  const { type } = column
  const { form, name, maxBytes } = textRuleOf(column)
  const text = isStructured(type, value) ? stringify(value, plainNumber) : value
  if (typeof text !== 'string' || !(form?.test(text) ?? true)) return refuse(name, value)
  // A character has at most three bytes for each of its units.
  if (text.length * 3 <= maxBytes) return { cell: text }
  const bytes = Buffer.byteLength(text)
  if (bytes <= maxBytes) return { cell: text }
  const most = countText(maxBytes, 'byte')
  return { problem: `a ${type} has at most ${most}, this string has ${bytes}` }
}

/** What the texts of a column must be. */
interface TextRule {
  readonly form: RegExp | undefined
  readonly name: string
  readonly maxBytes: number
}

/** The rules of columns that were used: a result has many cells. */
const TEXT_RULES = new WeakMap<Column, TextRule>()

function textRuleOf(column: Column): TextRule {
  const known = TEXT_RULES.get(column)
  if (known) return known
  const [form, name = 'a string'] = TEXT_FORMS[column.type.replace(/\(.*/, '')] ?? []
  const rule = { form, name, maxBytes: charLength(column) ?? Number.POSITIVE_INFINITY }
  TEXT_RULES.set(column, rule)
  return rule
}

/** JSON and arrays may be written as what they are, and are sent as JSON text. */
function isStructured(type: string, value: JsonValue): boolean {
  if (isJsonList(value)) return type === 'json' || type.startsWith('array(')
  return isJsonObject(value) && type === 'json'
}

function plainNumber(_key: string, value: unknown): unknown {
  return value instanceof RoundedNumber ? value.value : value
}

function readBytes(column: Column, value: JsonValue): CellReading {
  const length = vectorLength(column)
  if (length === undefined) return readBase64(value)
  if (isJsonList(value)) return readVector(value, length)
  const reading = readBase64(value)
  const bytes = 'cell' in reading && Buffer.isBuffer(reading.cell) ? reading.cell.length : undefined
  if (bytes === undefined || bytes === length * FLOAT_BYTES) return reading
  return { problem: `a ${column.type} has ${length * FLOAT_BYTES} bytes, this one has ${bytes}` }
}

const FLOAT_BYTES = 4

/** The floats of a vector, each in four bytes, the lowest first. */
function readVector(list: readonly JsonValue[], length: number): CellReading {
  if (list.length !== length) {
    return { problem: `a vector(${length}) has ${length} numbers, this one has ${list.length}` }
  }
  const bytes = Buffer.alloc(length * FLOAT_BYTES)
  for (const [index, item] of list.entries()) {
    if (typeof item !== 'number') return refuse('a list of numbers', item)
    bytes.writeFloatLE(item, index * FLOAT_BYTES)
  }
  return { cell: bytes }
}

function readBase64(value: JsonValue): CellReading {
  const text = isJsonObject(value) && Object.keys(value).length === 1 ? value['base64'] : undefined
  const bytes = typeof text === 'string' ? Buffer.from(text, 'base64') : undefined
  return bytes?.toString('base64') === text && bytes !== undefined
    ? { cell: bytes }
    : refuse('bytes as { "base64": "…" }', value)
}

function refuse(form: string, value: JsonValue): CellReading {
  return { problem: `expected ${form}, got ${describeJson(value)}` }
}
