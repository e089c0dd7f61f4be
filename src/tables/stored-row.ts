import { valueBytes } from '../jobs/content-bytes.ts'
import type { Row } from '../jobs/result.ts'

/**
 * A row as it came: an Avro record, a record as JSON text, or the cells of a fixture. It is decoded
 * when it is asked for in another form.
 */
export type StoredRow = Buffer | string | Row

/** A Buffer with its place in a list; its bytes are a part of a larger block. */
const BUFFER_BYTES = 108

/** An estimate of what a row takes in memory. */
export function storedRowBytes(row: StoredRow): number {
  return Buffer.isBuffer(row) ? BUFFER_BYTES + row.length : valueBytes(row)
}

/** Copies Avro records into one block: a Buffer with a block of its own takes twice the memory. */
export function packRecords(records: readonly Buffer[]): Buffer[] {
  const block = Buffer.concat(records)
  let end = 0
  return records.map(({ length }) => {
    end += length
    return block.subarray(end - length, end)
  })
}
