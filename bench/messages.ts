import type { AvroRecord } from '../src/avro/avro-value.ts'
import { Catalogue } from '../src/avro/catalogue.ts'
import type { ResultEncoding } from '../src/jobs/encoding.ts'
import type { Message } from './load.ts'

const catalogue = new Catalogue()

const CONTENT_TYPES = { json: 'application/json', binary: 'application/octet-stream' } as const

/** A request that creates a job that alters a table; each number has its own table and column. */
export function createJob(encoding: ResultEncoding, number: number): Message {
  const body = encoding === 'json' ? createJobJson(number) : createJobBytes(number)
  return { path: '/create/job', contentType: CONTENT_TYPES[encoding], body }
}

/** A request that polls a job, as the Python client 7.2.3 does. */
export function getJob(encoding: ResultEncoding, id: number): Message {
  const body = encoding === 'json' ? `{"job_id": ${id}, "options": {}}` : getJobBytes(BigInt(id))
  return { path: '/get/job', contentType: CONTENT_TYPES[encoding], body }
}

/** The body of `createJob` in binary. */
export function createJobBytes(number: number): Buffer {
  return encode('/create/job', {
    endpoint: '/alter/table',
    request_encoding: 'binary',
    data: encode('/alter/table', alterTable(number)),
    data_str: '',
    options: {},
  })
}

/** The body of `getJob` in binary. */
export function getJobBytes(id: bigint): Buffer {
  return encode('/get/job', { job_id: id, options: {} })
}

function createJobJson(number: number): string {
  return JSON.stringify({
    endpoint: '/alter/table',
    request_encoding: 'json',
    data: '',
    data_str: JSON.stringify(alterTable(number)),
    options: {},
  })
}

function alterTable(number: number) {
  return {
    table_name: `sales.orders_${number}`,
    action: 'create_index',
    value: `customer_${number}`,
    options: {},
  }
}

function encode(endpoint: string, record: AvroRecord): Buffer {
  return catalogue.get(endpoint).request.encode(record)
}
