import { createRequire } from 'node:module'
import type { AvroValue } from '../../src/avro/avro-value.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import { type BlockLayout, ONE_BLOCK, referenceRecord } from './avro-reference.ts'
import type { CatalogueField } from './endpoint-catalogue.ts'

const { compressSync }: typeof import('snappy') = createRequire(import.meta.url)('snappy')

/** The media types that the official clients send. */
export const MEDIA_TYPES = {
  json: 'application/json',
  binary: 'application/octet-stream',
  snappy: 'application/x-snappy',
} satisfies Record<Encoding, string>

/** The encodings of requests. */
export const ENCODINGS: readonly Encoding[] = ['json', 'binary', 'snappy']

/** A record, and how to write it. */
export interface EncodedRecord {
  readonly encoding: Encoding
  readonly record: Readonly<Record<string, AvroValue>>
  /** The blocks of Avro; by default, one for each array. */
  readonly layout?: BlockLayout
}

/** Encodes a record without code of the product. */
export function encodeRecord(
  fields: readonly CatalogueField[],
  { encoding, record, layout = ONE_BLOCK }: EncodedRecord,
): Buffer {
  if (encoding === 'json') return Buffer.from(writeJson(record))
  const bytes = referenceRecord(fields, record, layout)
  return encoding === 'binary' ? bytes : Buffer.from(compressSync(bytes))
}

/** JSON as clients write it: longs in all digits, bytes with one character each. */
function writeJson(value: AvroValue): string {
  if (typeof value === 'bigint') return String(value)
  if (Buffer.isBuffer(value)) return JSON.stringify(value.toString('latin1'))
  if (Array.isArray(value)) return `[${value.map(writeJson).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).map(([key, item]) => {
    return `${JSON.stringify(key)}:${writeJson(item)}`
  })
  return `{${entries.join()}}`
}
