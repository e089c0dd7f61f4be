import type { AvroRecord } from '../avro/avro-value.ts'
import type { Row } from '../jobs/result.ts'
import { toCell } from '../tables/cell.ts'
import { type RecordType, toRecord } from '../tables/record-type.ts'
import type { RowSource } from '../tables/row-source.ts'
import type { StoredRow } from '../tables/stored-row.ts'
import { readJsonRecord } from '../wire/json-record.ts'
import { jsonText } from '../wire/json-writer.ts'

/** The Avro record of a row; one that came as Avro is as it came. */
export function toBinary(type: RecordType, row: StoredRow): Buffer {
  return Buffer.isBuffer(row) ? row : type.codec.encode(toAvroRecord(type, row))
}

/** The JSON text of a row; one that came as JSON is as it came. */
export function toJson(type: RecordType, row: StoredRow): string {
  if (typeof row === 'string') return row
  return jsonText.record(type.codec.schema, toAvroRecord(type, row))
}

/** The cells of a row, in the order of the columns of its type. */
export function toCells(source: Pick<RowSource, 'type'>, row: StoredRow): Row {
  if (isRow(row)) return row
  // Asked for only here: the columns of a query may have no type of records.
  const { type } = source
  const record = toAvroRecord(type, row)
  return type.columns.map(({ name }) => toCell(record[name]))
}

function toAvroRecord({ codec, columns }: RecordType, row: StoredRow): AvroRecord {
  if (Buffer.isBuffer(row)) return codec.decode(row)
  if (isRow(row)) return toRecord(columns, row)
  return readJsonRecord(codec.schema, { text: row, name: 'the row' }).record
}

function isRow(row: StoredRow): row is Row {
  return Array.isArray(row)
}
