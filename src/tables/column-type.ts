import { didYouMean } from '../documents/did-you-mean.ts'
import type { CellKind, Column } from '../jobs/result.ts'

/** The types without an argument, and the form of their cells (documentation 7.2, column types). */
export const PLAIN_TYPES: Readonly<Record<string, CellKind>> = {
  int: 'int',
  int8: 'int',
  int16: 'int',
  boolean: 'int',
  long: 'long',
  timestamp: 'long',
  float: 'float',
  double: 'double',
  string: 'string',
  char1: 'string',
  char2: 'string',
  char4: 'string',
  char8: 'string',
  char16: 'string',
  char32: 'string',
  char64: 'string',
  char128: 'string',
  char256: 'string',
  date: 'string',
  time: 'string',
  datetime: 'string',
  ipv4: 'string',
  decimal: 'string',
  ulong: 'string',
  uuid: 'string',
  json: 'string',
  wkt: 'string',
  geometry: 'string',
  bytes: 'bytes',
}

/** The types of the items of `array(…)` (documentation 7.2). */
export const ARRAY_ITEMS = ['boolean', 'int', 'long', 'float', 'double', 'string', 'ulong']

/** The names that SQL and other tools give to types. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  varchar: 'string',
  text: 'string',
  integer: 'int',
  smallint: 'int16',
  tinyint: 'int8',
  bigint: 'long',
  bool: 'boolean',
  real: 'float',
  number: 'decimal',
  numeric: 'decimal',
  blob: 'bytes',
  binary: 'bytes',
  varbinary: 'bytes',
}

/** The maximum number of digits of a decimal (documentation 7.2). */
const MAX_PRECISION = 27

/** The maximum number of items of `array(…)` and `vector(…)` that a type may name. */
const MAX_ITEMS = 1_000_000

/** The type of a column: its name as in `column_datatypes`, and the form of its cells. */
export type ColumnType = Pick<Column, 'type' | 'item'>

/** The types with arguments: the form of their cells, and whether the arguments are valid. */
const TYPES_WITH_ARGUMENTS: Readonly<
  Record<string, readonly [item: CellKind, accepts: (first: string, second?: string) => boolean]>
> = {
  decimal: ['string', isDecimal],
  array: ['string', isArray],
  vector: ['bytes', (length, more) => isCount(length) && more === undefined],
}

/** Reads the name of a type, such as `char16` or `decimal(18, 4)`; undefined if it is unknown. */
export function findColumnType(text: string): ColumnType | undefined {
  const plain = Object.hasOwn(PLAIN_TYPES, text) ? PLAIN_TYPES[text] : undefined
  if (plain !== undefined) return { type: text, item: plain }
  const [, name = '', inside = ''] = /^(decimal|array|vector)\(([^()]*)\)$/.exec(text) ?? []
  const [first = '', second, ...others] = inside.split(',').map((part) => part.trim())
  const [item, accepts] = TYPES_WITH_ARGUMENTS[name] ?? []
  if (item === undefined || others.length > 0 || !accepts?.(first, second)) return undefined
  return { type: `${name}(${first}${second === undefined ? '' : `,${second}`})`, item }
}

/** What is wrong with the name of a type: `unknown column type "varchar" (did you mean string?)`. */
export function describeUnknownType(text: string): string {
  const lower = text.toLowerCase()
  const base = lower.replace(/\(.*$/, '')
  const other = Object.hasOwn(OTHER_NAMES, base) ? OTHER_NAMES[base] : undefined
  const known = [...Object.keys(PLAIN_TYPES), 'decimal(18,4)', 'array(int)', 'vector(3)']
  const hint = other === undefined ? didYouMean(lower, known) : ` (did you mean ${other}?)`
  return `unknown column type ${JSON.stringify(text.slice(0, 40))}${hint}`
}

/** The floats of a cell of `vector(n)`; undefined for any other type. */
export function vectorLength({ type }: ColumnType): number | undefined {
  const [, length] = /^vector\((\d+)\)$/.exec(type) ?? []
  return length === undefined ? undefined : Number(length)
}

/** The maximum number of bytes of a cell of `char1` to `char256`; undefined for any other type. */
export function charLength({ type }: ColumnType): number | undefined {
  const [, length] = /^char(\d+)$/.exec(type) ?? []
  return length === undefined ? undefined : Number(length)
}

function isDecimal(precision: string, scale: string | undefined): boolean {
  const digits = Number(precision)
  const isPrecise = isCount(precision) && digits <= MAX_PRECISION
  return isPrecise && (scale === undefined || (/^\d{1,2}$/.test(scale) && Number(scale) <= digits))
}

function isArray(items: string, length: string | undefined): boolean {
  return ARRAY_ITEMS.includes(items) && (length === undefined || isCount(length))
}

function isCount(text: string): boolean {
  return /^[1-9]\d{0,6}$/.test(text) && Number(text) <= MAX_ITEMS
}
