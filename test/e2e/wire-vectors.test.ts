import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { readReferenceRecord } from '../support/avro-reference-reader.ts'
import { type CatalogueField, catalogueLines } from '../support/endpoint-catalogue.ts'
import { sendHttp } from '../support/http.ts'
import { readAnswer, startTestServer } from '../support/server.ts'
import { rulesOf, seedsOf } from '../support/vector-world.ts'
import { toVectorForm, type WireVector, wireVectors } from '../support/vectors.ts'

/** A field in which answers of the mock differ from those of the server in the vectors. */
interface Difference {
  readonly endpoint: string
  readonly field: string
  readonly why: string
  /** Returns the common part of a value; both values must have the same. */
  readonly common: (value: unknown, vector: WireVector) => unknown
}

const DIFFERENCES: readonly Difference[] = [
  {
    endpoint: '/show/system/status',
    field: 'status_map',
    why: 'the version is the mock’s own',
    common: (map) => {
      const { status, version } = JSON.parse(Object(map).system)
      return { status, numbers: version.split('.').length }
    },
  },
  {
    endpoint: '/show/system/properties',
    field: 'property_map',
    why: 'the mock has its own version and URL, the newer name of the ring, and no host manager',
    common: (map) => {
      const properties = Object.entries(Object(map)).filter(([name]) => !LONE.includes(name))
      return Object.fromEntries(properties.map(([name, value]) => [name, OWN[name] ?? value]))
    },
  },
  {
    endpoint: '/create/job',
    field: 'info',
    why: 'the mock also returns the documented query_id, and generates a missing tag',
    common: (info, { decoded_request: { options } }) => {
      const { job_tag } = Object(info)
      return Object(options).job_tag ? job_tag : /^[\da-f]{8}(-[\da-f]{4}){4}/.test(job_tag)
    },
  },
  {
    endpoint: '/get/job',
    field: 'job_response_str',
    why: 'the mock writes JSON without spaces, and what is not ASCII as it is',
    common: (text) => (text === '' ? '' : JSON.stringify(JSON.parse(String(text)))),
  },
  {
    endpoint: '/admin/show/jobs',
    field: 'time_received',
    why: 'the mock’s clock stands elsewhere',
    common: (times) => Object(times).length,
  },
  {
    endpoint: '/admin/alter/jobs',
    field: 'status',
    why: 'the texts are the mock’s own',
    common: (texts) => Object(texts).map((text: string) => STATUS_TEXTS[text] ?? text),
  },
]

/** Properties that only the mock or only the other server has; clients do not need them. */
const LONE = [
  'conf.ha_ring_head_nodes',
  'conf.ha_ring_head_nodes_full',
  'conf.hm_http_port',
  'conf.enable_httpd_proxy',
  'conf.use_https',
]

/** Properties whose values differ between servers. */
const OWN: Readonly<Record<string, string>> = {
  'version.gpudb_core_version': 'a version',
  'conf.host0_public_urls': 'a URL',
}

const STATUS_TEXTS: Readonly<Record<string, string>> = {
  CANCELLED: 'cancelled',
  DONE: 'already done',
}

/** The mock reads Node's JSON form of a Buffer as bytes; the other server rejected it. */
const READ_BY_US: Readonly<Record<string, Partial<WireVector>>> = {
  'node/JSON/create_job_buffer_object': {
    http_status: 200,
    wrapper: { status: 'OK', data_type: 'create_job_response' },
    decoded_response: { job_id: '1', info: { job_tag: '00000000-0000-4000-8000-000000000000' } },
  },
}

const vectors: readonly WireVector[] = wireVectors.map((vector) => ({
  ...vector,
  ...READ_BY_US[vector.name],
}))

const WRAPPER_FIELDS: readonly CatalogueField[] = [
  { name: 'status', type: 'string' },
  { name: 'message', type: 'string' },
  { name: 'data_type', type: 'string' },
  { name: 'data', type: 'bytes' },
  { name: 'data_str', type: 'string' },
]

/** The rows of the truth table of `/get/job`, by status and the encoding of the result. */
const TRUTH: Readonly<Record<string, unknown>> = {
  RUNNING: { running: true, complete: false, successful: false, result: '', status_map: {} },
  DONE_json: { running: false, complete: true, successful: true, result: 'json', status_map: {} },
  DONE_binary: {
    running: false,
    complete: true,
    successful: true,
    result: 'binary',
    status_map: {},
  },
  CANCELLED: { running: false, complete: false, successful: false, result: '', status_map: {} },
}

/** The row of the truth table for a `/get/job` answer, and the values of the answer. */
function truthOf(response: unknown): { readonly row: string; readonly truth: unknown } {
  const { job_status, running, progress, successful, status_map, ...rest } = Object(response)
  const { job_response, job_response_str, response_encoding } = rest
  const json = job_response_str === '' ? '' : 'json'
  const binary = job_response.hex === '' ? '' : 'binary'
  const row = job_status === 'DONE' ? `DONE_${response_encoding}` : job_status
  const complete = progress === 100
  return { row, truth: { running, complete, successful, result: json + binary, status_map } }
}

/** The wrapper and its payload, decoded by the reader written from Avro's specification. */
function readByReference(endpoint: string, bytes: Buffer) {
  const { status, message, data_type, data } = readReferenceRecord(WRAPPER_FIELDS, bytes)
  const line = catalogueLines.find((one) => one.endpoint === endpoint)
  const payload = Buffer.isBuffer(data) ? data : Buffer.alloc(0)
  const response =
    status === 'OK' ? readReferenceRecord(line?.response.fields ?? [], payload) : null
  return { status, message, dataType: data_type, response: toVectorForm(response) }
}

/** The record, with the values that the server may choose reduced to their common part. */
function common(record: unknown, vector: WireVector): unknown {
  const fields = DIFFERENCES.filter(({ endpoint }) => endpoint === vector.endpoint)
  const entries = Object.entries(Object(record)).map(([name, value]) => {
    const difference = fields.find(({ field }) => field === name)
    return [name, difference ? difference.common(value, vector) : value]
  })
  return record === null ? null : Object.fromEntries(entries)
}

const seen = new Set<Difference>()

for (const vector of vectors) {
  t.test(`the mock returns the accepted answer to ${vector.name}`, async (t) => {
    const { endpoint, wrapper, decoded_response: wanted } = vector
    const server = await startTestServer({ seeds: seedsOf(vector), rules: rulesOf(vector) })
    t.teardown(server.close)
    const body = Buffer.from(vector.request_hex, 'hex')
    const sent = { method: 'POST', path: endpoint, headers: vector.request_headers, body }
    const answer = await sendHttp(server.port, sent)
    t.equal(answer.status, vector.http_status)
    t.equal(answer.headers['content-type'], vector.response_content_type)
    t.match(answer.headers['x-request-time-secs'], /^\d+\.\d+$/)

    const { status, message, dataType, response } = readAnswer(endpoint, answer)
    t.strictSame([status, dataType], [wrapper.status, wrapper.data_type])
    t.equal(message === '', status === 'OK')
    const byReference = vector.response_content_type.endsWith('octet-stream')
      ? readByReference(endpoint, answer.body)
      : { status, message, dataType, response }
    t.strictSame(byReference, { status, message, dataType, response })

    t.strictSame(common(response, vector), common(wanted, vector))
    t.strictSame(Object.keys(Object(response)), Object.keys(Object(wanted)), 'order of the fields')
    for (const difference of DIFFERENCES.filter((one) => one.endpoint === endpoint)) {
      const [ours, theirs] = [response, wanted].map((one) => Object(one)[difference.field])
      if (!isDeepStrictEqual(ours, theirs)) seen.add(difference)
    }
  })
}

for (const vector of vectors.filter(({ endpoint, decoded_response }) => {
  return endpoint === '/get/job' && decoded_response !== null
})) {
  t.test(`the truth table contains the row of ${vector.name}`, async (t) => {
    const server = await startTestServer({ seeds: seedsOf(vector) })
    t.teardown(server.close)
    const body = Buffer.from(vector.request_hex, 'hex')
    const sent = { method: 'POST', path: '/get/job', headers: vector.request_headers, body }
    const { response } = readAnswer('/get/job', await sendHttp(server.port, sent))
    const { row, truth } = truthOf(response)
    t.equal(row, truthOf(vector.decoded_response).row)
    t.strictSame(truth, TRUTH[row])
  })
}

t.test('the mock differs from the vectors in every listed field', async (t) => {
  for (const difference of DIFFERENCES) {
    t.ok(seen.has(difference), `${difference.endpoint} ${difference.field}: ${difference.why}`)
  }
})
