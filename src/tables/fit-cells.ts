import type { AvroRecord } from '../avro/avro-value.ts'
import type { JsonValue } from '../documents/json-value.ts'
import type { Cell, Column } from '../jobs/result.ts'
import { readCell, toCell } from './cell.ts'
import { charLength, vectorLength } from './column-type.ts'
import type { RecordType } from './record-type.ts'

/** A record whose cells fit their columns, or the first one that does not. */
export type Fitting = { readonly record: AvroRecord } | { readonly problem: string }

/** How the cells of a record are fitted. */
export interface FitForm {
  /** Whether strings that are too long are cut, instead of being a problem. */
  readonly truncates: boolean
}

/** The types of numbers whose range is smaller than that of their Avro type, or of JSON. */
const NARROW: ReadonlySet<string> = new Set(['boolean', 'int8', 'int16', 'float'])

/** The bounded columns of types that were used. */
const BOUNDED = new WeakMap<RecordType, readonly Column[]>()

/** The columns whose cells can be wrong although the record is one of the type. */
export function boundedColumns(type: RecordType): readonly Column[] {
  const known = BOUNDED.get(type)
  if (known) return known
  const bounded = type.columns.filter(
    (column) =>
      NARROW.has(column.type) || (charLength(column) ?? vectorLength(column)) !== undefined,
  )
  BOUNDED.set(type, bounded)
  return bounded
}

/** Checks that numbers, strings and vectors of a record fit the types of their columns. */
export function fitCells(type: RecordType, given: AvroRecord, { truncates }: FitForm): Fitting {
  const changed: [name: string, cell: Cell][] = []
  for (const column of boundedColumns(type)) {
    const { name } = column
    const cell = toCell(given[name])
    if (cell === null) continue
    const fitted = truncates ? truncate(cell, charLength(column)) : cell
    const reading = readCell(column, toJson(fitted))
    if ('problem' in reading) return { problem: `${name}: ${reading.problem}` }
    if (fitted !== cell) changed.push([name, fitted])
  }
  return { record: changed.length === 0 ? given : { ...given, ...Object.fromEntries(changed) } }
}

function toJson(cell: Cell): JsonValue {
  return Buffer.isBuffer(cell) ? { base64: cell.toString('base64') } : cell
}

/** The start of a text that takes at most so many bytes, without a part of a character. */
function truncate(cell: Cell, maxBytes = 0): Cell {
  if (typeof cell !== 'string') return cell
  const bytes = Buffer.from(cell)
  if (bytes.length <= maxBytes) return cell
  let end = maxBytes
  // The bytes of a character after its first one begin with the bits 10.
  while ((bytes.readUInt8(end) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}
