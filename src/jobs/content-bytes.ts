import {
  type Caller,
  isJobList,
  isJobRecord,
  type JobRecord,
  type JobValue,
  type WantedJob,
} from './job.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Result, RowSet } from './result.ts'

// Sizes of objects in V8 with pointers of 64 bits, measured with Node 20.20.
const STRING_BYTES = 24
const BIGINT_BYTES = 24
const BUFFER_BYTES = 100
const LIST_BYTES = 48
const RECORD_BYTES = 56
const SLOT_BYTES = 8
/** A key of a map, with its place in a table of keys. Records of an endpoint share their keys. */
const KEY_BYTES = 64
const STEP_BYTES = 64
const LIFECYCLE_BYTES = 120
const COLUMN_BYTES = 200
/** A place in a table of tags. */
const TAG_BYTES = 48
/** A caller, and the kind of its jobs, which no job of another caller has. */
const CALLER_BYTES = 200

/** An estimate of what a string takes in memory: one or two bytes a character. */
export function textBytes(text: string): number {
  return STRING_BYTES + text.length * (/[^\0-\xff]/.test(text) ? 2 : 1)
}

/** An estimate of what a record takes in memory, with everything inside it. Linear in its size. */
export function recordBytes(record: JobRecord): number {
  let bytes = RECORD_BYTES
  for (const name in record) bytes += SLOT_BYTES + valueBytes(record[name])
  return bytes
}

/** An estimate of what a job keeps of its request, and of the tag that the request names. */
export function ownBytesOf({ request, sent, tag }: WantedJob): number {
  const named = tag === undefined ? 0 : TAG_BYTES + textBytes(tag)
  return named + (sent === undefined ? recordBytes(request) : STRING_BYTES + sent.bytes.length)
}

/** An estimate of what a caller takes in memory: a client chooses its name. */
export function callerBytes({ user, sourceIp }: Caller): number {
  return CALLER_BYTES + textBytes(user) + textBytes(sourceIp)
}

/** An estimate of what a value takes in memory. Linear in its size. */
export function valueBytes(value: JobValue | undefined): number {
  if (typeof value === 'string') return textBytes(value)
  if (typeof value === 'bigint') return BIGINT_BYTES
  if (Buffer.isBuffer(value)) return BUFFER_BYTES + keptBytes(value)
  if (isJobList(value)) return listBytes(value)
  return isJobRecord(value) ? mapBytes(value) : 0
}

/** A slice keeps all memory that it is a part of; the pool of small buffers is shared by many. */
function keptBytes(bytes: Buffer): number {
  const { byteLength } = bytes.buffer
  return byteLength > Buffer.poolSize ? byteLength : bytes.length
}

function listBytes(list: readonly JobValue[]): number {
  let bytes = LIST_BYTES + list.length * SLOT_BYTES
  for (const item of list) bytes += valueBytes(item)
  return bytes
}

/** All empty maps are one object. */
function mapBytes(map: JobRecord): number {
  let bytes = 0
  for (const key in map) bytes += KEY_BYTES + key.length + valueBytes(map[key])
  return bytes === 0 ? 0 : bytes + RECORD_BYTES
}

/** An estimate of what a result takes in memory, without its rows: other results may share them. */
export function resultBytes(result: Result): number {
  switch (result.kind) {
    case 'fields':
    case 'rows':
      return recordBytes(result.fields)
    case 'raw':
      return valueBytes(result.payload)
  }
}

/** The bytes of sets that were counted: they never change. */
const SET_BYTES = new WeakMap<RowSet, number>()

/** An estimate of what columns and rows take in memory. Linear in the number of cells, once. */
export function rowSetBytes(set: RowSet): number {
  const known = SET_BYTES.get(set)
  if (known !== undefined) return known
  const { columns, rows } = set
  const bytes = rows.reduce((sum, row) => sum + valueBytes(row), columns.length * COLUMN_BYTES)
  SET_BYTES.set(set, bytes)
  return bytes
}

/** An estimate of what a lifecycle takes in memory. */
export function lifecycleBytes({ steps, error }: Lifecycle): number {
  return LIFECYCLE_BYTES + steps.length * STEP_BYTES + textBytes(error)
}
