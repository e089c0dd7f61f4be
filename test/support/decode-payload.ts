import type { AvroSchema } from '../../src/avro/avro-schema.ts'
import { readReferenceRecord } from './avro-reference-reader.ts'
import { type CatalogueRecord, catalogueLines } from './endpoint-catalogue.ts'
import { findTruthViolation, type PollAnswer } from './truth-table.ts'

const BY_ENDPOINT = new Map(catalogueLines.map((line) => [line.endpoint, line]))

/** The response record of an endpoint. Throws if the catalogue has no such endpoint. */
export function responseOf(endpoint: string): CatalogueRecord {
  const line = BY_ENDPOINT.get(endpoint)
  if (line === undefined) throw new Error(`the catalogue has no ${endpoint}`)
  return line.response
}

/** Decodes a payload by its record, exactly. Throws if it is not that record. */
export function decodePayload(
  { name, fields }: CatalogueRecord,
  payload: string | Buffer,
): Readonly<Record<string, unknown>> {
  if (typeof payload !== 'string') return readReferenceRecord(fields, payload)
  const value: unknown = JSON.parse(payload)
  const keys = Object.keys(Object(value)).join()
  const wanted = fields.map((field) => field.name).join()
  if (keys !== wanted) throw new Error(`${name} has the fields ${keys} instead of ${wanted}`)
  const record: Readonly<Record<string, unknown>> = Object(value)
  for (const field of fields) checkJson(field.type, record[field.name], `${name}.${field.name}`)
  return record
}

/**
 * Decodes the payload of an OK answer, and for `/get/job` also checks the truth table and decodes
 * the result. Throws if anything is wrong.
 */
export function checkPayload(endpoint: string, payload: string | Buffer): void {
  const record = decodePayload(responseOf(endpoint), payload)
  if (endpoint === '/get/job') checkPoll(record)
}

function checkPoll(record: Readonly<Record<string, unknown>>): void {
  if (!isPollAnswer(record)) throw new Error('the answer of /get/job lacks fields')
  const violation = findTruthViolation(record)
  if (violation !== undefined) throw new Error(violation)
  if (record.job_status !== 'DONE') return
  decodePayload(responseOf(String(record['endpoint'])), resultOf(record))
}

/** The result of a job; bytes in JSON have one character each. */
function resultOf(record: PollAnswer): string | Buffer {
  const { response_encoding, job_response, job_response_str } = record
  if (response_encoding === 'json') return String(job_response_str)
  return Buffer.isBuffer(job_response) ? job_response : Buffer.from(String(job_response), 'latin1')
}

/** Whether a record has the fields of an answer of `/get/job`. */
export function isPollAnswer(
  record: Readonly<Record<string, unknown>>,
): record is Readonly<Record<string, unknown>> & PollAnswer {
  return 'job_status' in record && 'job_response' in record && 'status_map' in record
}

function checkJson(schema: AvroSchema, value: unknown, path: string): void {
  if (!isJsonOf(schema, value)) {
    throw new Error(`${path} is ${JSON.stringify(value)?.slice(0, 200)}`)
  }
}

/** Whether a JSON value is of a type; doubles without a JSON form are null. */
function isJsonOf(schema: AvroSchema, value: unknown): boolean {
  if (typeof schema === 'string') return isPrimitive(schema, value)
  if (!('type' in schema)) return schema.some((branch) => isJsonOf(branch, value))
  if (schema.type === 'array') {
    return Array.isArray(value) && value.every((item) => isJsonOf(schema.items, item))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every((item) => isJsonOf(schema.values, item))
}

function isPrimitive(schema: Extract<AvroSchema, string>, value: unknown): boolean {
  switch (schema) {
    case 'null':
      return value === null
    case 'boolean':
      return typeof value === 'boolean'
    case 'int':
    case 'long':
      return Number.isInteger(value)
    case 'float':
    case 'double':
      return typeof value === 'number' || /^(-?Infinity|NaN)$/.test(String(value)) || value === null
    case 'bytes':
      return typeof value === 'string' && /^[\0-\xff]*$/.test(value)
    case 'string':
      return typeof value === 'string'
  }
}
