import { createRequire } from 'node:module'
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import type { AvroSchema } from '../../src/avro/avro-schema.ts'
import type { AvroRecord, AvroValue } from '../../src/avro/avro-value.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import { plainValue } from '../support/avro-arbitrary.ts'
import { referenceRecord } from '../support/avro-reference.ts'
import { readReferenceRecord } from '../support/avro-reference-reader.ts'
import { type CatalogueLine, catalogueLines } from '../support/endpoint-catalogue.ts'
import { sendHttp } from '../support/http.ts'
import { loadRules } from '../support/rules.ts'
import { ENCODINGS, seedJob, startTestServer, type TestServer } from '../support/server.ts'

const { compressSync }: typeof import('snappy') = createRequire(import.meta.url)('snappy')

const MEDIA_TYPES = {
  json: 'application/json',
  binary: 'application/octet-stream',
  snappy: 'application/x-snappy',
} satisfies Record<Encoding, string>

/** The fields of `gpudb_response`, from the documentation. */
const WRAPPER = ['status', 'message', 'data_type', 'data', 'data_str'].map((name) => ({
  name,
  type: name === 'data' ? ('bytes' as const) : ('string' as const),
}))

/** The string of every sample request. */
const SAMPLE = 'a"\u00e4\u2028'

/** A value that differs from Avro's zero. */
function sampleOf(type: AvroSchema): AvroValue {
  if (typeof type !== 'string') {
    if (!('type' in type)) return sampleOf(type[0] ?? 'null')
    return type.type === 'array' ? [sampleOf(type.items)] : { key: sampleOf(type.values) }
  }
  return {
    null: null,
    boolean: true,
    int: -7,
    long: 1234567890123n,
    float: 0.5,
    double: -2.25,
    bytes: Buffer.from([0, 128, 255]),
    string: SAMPLE,
  }[type]
}

/** Avro's zero; for a union, the zero of its first branch. */
function zeroOf(type: AvroSchema): AvroValue {
  if (typeof type !== 'string') {
    if (!('type' in type)) return zeroOf(type[0] ?? 'null')
    return type.type === 'array' ? [] : {}
  }
  return {
    null: null,
    boolean: false,
    int: 0,
    long: 0n,
    float: 0,
    double: 0,
    bytes: Buffer.alloc(0),
    string: '',
  }[type]
}

function sampleRequest({ request }: CatalogueLine): AvroRecord {
  return Object.fromEntries(request.fields.map(({ name, type }) => [name, sampleOf(type)]))
}

/** An empty result: one column `dummy`, in the bytes that a real server sends. */
const NO_ROWS: AvroRecord = {
  response_schema_str:
    '{"type":"record","name":"generic_response","fields":[' +
    '{"name":"column_1","type":{"type":"array","items":"string"}},' +
    '{"name":"column_headers","type":{"type":"array","items":"string"}},' +
    '{"name":"column_datatypes","type":{"type":"array","items":"string"}}]}',
  binary_encoded_response: Buffer.from('00020a64756d6d7900020c737472696e6700', 'hex'),
}

const DUMMY_ID = '4927676568464823406'

const DUMMY_SCHEMA =
  '{"type":"record","name":"type_name","fields":[{"name":"dummy","type":"string"}]}'

/** What an endpoint answers instead of Avro's zeros, which clients cannot read. */
const READABLE: Readonly<Record<string, AvroRecord>> = {
  '/admin/repair/table': { repair_status: [''] },
  '/admin/show/shards': { version: 1n, rank: [1], tom: [0] },
  '/aggregate/groupby': NO_ROWS,
  '/aggregate/unique': NO_ROWS,
  '/aggregate/unpivot': NO_ROWS,
  '/aggregate/statistics': { stats: { [SAMPLE]: 0 } },
  '/check/table': { ids: [''], locations: [''], errors: [''] },
  '/create/tablemonitor': { type_schema: DUMMY_SCHEMA },
  '/create/type': { type_id: '2703182244229619564' },
  '/download/files': { file_data: [Buffer.alloc(0)] },
  '/execute/proc': { run_id: '1' },
  '/execute/sql': { ...NO_ROWS, count_affected: 1n, total_number_of_records: -1n },
  '/get/records': { type_name: DUMMY_ID, type_schema: DUMMY_SCHEMA },
  '/get/records/bycolumn': NO_ROWS,
  '/get/records/byseries': {
    table_names: [SAMPLE],
    type_names: [DUMMY_ID],
    type_schemas: [DUMMY_SCHEMA],
    list_records_binary: [[]],
    list_records_json: [[]],
  },
  '/has/permission': { has_permission: true },
  '/has/role': { has_role: true },
  '/insert/records': { count_inserted: 1 },
  '/show/directories': {
    directories: [SAMPLE],
    users: [''],
    creation_times: [0n],
    data_usages: [0n],
    data_limits: [0n],
    permissions: [''],
  },
  '/show/graph/grammar': { components_json: '{}' },
  '/show/model': {
    entity_ids: [0],
    input_schemas: [''],
    output_schemas: [''],
    registry_list: [''],
    container_list: [''],
    run_function_list: [''],
    deployments: [''],
    options: [{}],
  },
  '/show/proc/status': {
    proc_names: { [SAMPLE]: '' },
    params: { [SAMPLE]: {} },
    bin_params: { [SAMPLE]: {} },
    input_table_names: { [SAMPLE]: [] },
    input_column_names: { [SAMPLE]: {} },
    output_table_names: { [SAMPLE]: [] },
    options: { [SAMPLE]: {} },
    overall_statuses: { [SAMPLE]: 'complete' },
    statuses: { [SAMPLE]: {} },
    messages: { [SAMPLE]: {} },
    results: { [SAMPLE]: {} },
    bin_results: { [SAMPLE]: {} },
    output: { [SAMPLE]: {} },
    timings: { [SAMPLE]: {} },
  },
  '/show/statistics': { stastistics_map: [[]] },
  '/show/table/metadata': { metadata_maps: [{}] },
  '/show/tablemonitors': {
    table_names: [''],
    events: [''],
    increasing_columns: [''],
    filter_expressions: [''],
    join_table_names: [''],
    join_column_names: [''],
    join_expressions: [''],
    refresh_method: [''],
    refresh_period: [''],
    refresh_start_time: [''],
    datasink_names: [''],
    max_consecutive_failures: [0],
    failed_notifications_table_names: [''],
    statuses: [''],
    additional_info: [{}],
  },
  '/show/types': {
    type_ids: [SAMPLE],
    type_schemas: [DUMMY_SCHEMA],
    labels: [SAMPLE],
    properties: [{ dummy: ['data'] }],
  },
  '/show/video': {
    creation_times: [''],
    elapsed_render_time_seconds: [0n],
    job_ids: [0n],
    rendered_bytes: [0n],
    rendered_frames: [0n],
    rendered_percents: [0n],
    requests: [''],
    status: [''],
    ttls: [0n],
  },
  '/show/wal': { sizes: [[]], capacities: [0n], uncommitted: [[]], settings: [{}] },
  '/visualize/getfeatureinfo': { table_names: [] },
}

/** The expected echo: request fields of the same name and type, all others zero. */
function echoOf({ endpoint, request, response }: CatalogueLine, sent: AvroRecord): AvroRecord {
  const entries = response.fields.map(({ name, type }): [string, AvroValue] => {
    const echoed = request.fields.some((field) => isDeepStrictEqual(field, { name, type }))
    const readable = READABLE[endpoint]?.[name] ?? (echoed ? sent[name] : undefined)
    return [name, readable ?? zeroOf(type)]
  })
  return Object.fromEntries(entries)
}

/** A record as JSON on the wire: longs are bare numbers, bytes one character each. */
function jsonText(record: AvroRecord): string {
  return JSON.stringify(jsonForm(record))
}

function jsonForm(value: AvroValue): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  if (Array.isArray(value)) return value.map(jsonForm)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonForm(item)]))
}

function encode(line: CatalogueLine, encoding: Encoding, sent: AvroRecord): Buffer {
  if (encoding === 'json') return Buffer.from(jsonText(sent))
  const bytes = referenceRecord(line.request.fields, sent)
  return encoding === 'binary' ? bytes : Buffer.from(compressSync(bytes))
}

interface Seen {
  readonly httpStatus: number
  readonly status: unknown
  readonly message: unknown
  readonly dataType: unknown
  /** The payload: parsed JSON, or Avro decoded by the independent reader. */
  readonly response: unknown
}

const NO_PAYLOAD = { fields: [] }

/** Sends a request and reads the answer without code of the product. */
async function callWith(
  encoding: Encoding,
  { server, line, sent }: { server: TestServer; line: CatalogueLine; sent: AvroRecord },
): Promise<Seen> {
  const answer = await sendHttp(server.port, {
    method: 'POST',
    path: line.endpoint,
    headers: { 'content-type': MEDIA_TYPES[encoding] },
    body: encode(line, encoding, sent),
  })
  const wrapper =
    encoding === 'json'
      ? JSON.parse(answer.body.toString())
      : readReferenceRecord(WRAPPER, answer.body)
  const { status, message, data_type, data, data_str } = wrapper
  const { fields } = status === 'OK' ? line.response : NO_PAYLOAD
  const response =
    encoding === 'json'
      ? JSON.parse(data_str || '{}')
      : plainValue(readReferenceRecord(fields, data))
  return { httpStatus: answer.status, status, message, dataType: data_type, response }
}

/** A record in the form that `callWith` returns for an encoding. */
function expectedForm(encoding: Encoding, record: AvroRecord): unknown {
  return encoding === 'json' ? jsonForm(record) : plainValue(record)
}

function getLine(endpoint: string): CatalogueLine {
  const line = catalogueLines.find((one) => one.endpoint === endpoint)
  if (line === undefined) throw new Error(`The catalogue has no ${endpoint}`)
  return line
}

/** Valid requests of the endpoints with their own behaviour. */
const OWN = new Map<string, AvroRecord>([
  ['/admin/alter/jobs', { job_ids: [7n], action: 'cancel', options: {} }],
  ['/admin/show/jobs', { options: {} }],
  [
    '/create/job',
    {
      endpoint: '/admin/rebalance',
      request_encoding: 'json',
      data: Buffer.alloc(0),
      data_str: '{}',
      options: {},
    },
  ],
  ['/get/job', { job_id: 7n, options: {} }],
  ['/show/system/properties', { options: {} }],
  ['/show/system/status', { options: {} }],
  ['/show/system/timing', { options: {} }],
])

const PLAIN = catalogueLines.filter(({ endpoint }) => !OWN.has(endpoint))

/** Endpoints that reject the sample request, or know schemas: test/gpudb/tables.test.ts. */
const OF_TABLES = new Set([
  '/create/schema',
  '/create/table',
  '/create/type',
  '/show/schema',
  '/show/table',
])

const ECHOING = PLAIN.filter(({ endpoint }) => !OF_TABLES.has(endpoint))

const JOBS = catalogueLines.filter(({ endpoint }) => !/^\/(create|get)\/job$/.test(endpoint))

t.test('the catalogue has 221 endpoints', async (t) => {
  t.equal(catalogueLines.length, 221)
  t.equal(PLAIN.length, 214)
  t.equal(JOBS.length, 219)
})

for (const encoding of ENCODINGS) {
  t.test(`every other endpoint answers a direct call in ${encoding}`, async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    for (const line of ECHOING) {
      const sent = sampleRequest(line)
      t.strictSame(
        await callWith(encoding, { server, line, sent }),
        {
          httpStatus: 200,
          status: 'OK',
          message: '',
          dataType: line.response.name,
          response: expectedForm(encoding, echoOf(line, sent)),
        },
        line.endpoint,
      )
    }
  })

  t.test(`every own endpoint answers a direct call in ${encoding}`, async (t) => {
    const server = await startTestServer({ seeds: [seedJob({ id: 7n })] })
    t.teardown(server.close)
    for (const [endpoint, sent] of OWN) {
      const line = getLine(endpoint)
      const seen = await callWith(encoding, { server, line, sent })
      const names = line.response.fields.map(({ name }) => name)
      t.match(seen, { httpStatus: 200, status: 'OK', dataType: line.response.name }, endpoint)
      t.strictSame(Object.keys(Object(seen.response)), names)
    }
  })

  t.test(`every endpoint runs as a job in ${encoding}`, async (t) => {
    const server = await startTestServer({ defaultDurationMs: 0 })
    t.teardown(server.close)
    for (const line of JOBS) {
      const { endpoint, response } = line
      const sent = sampleRequest(line)
      const payload = encode(line, encoding, sent)
      const isJson = encoding === 'json'
      const created = await callWith(encoding, {
        server,
        line: getLine('/create/job'),
        sent: {
          endpoint,
          request_encoding: encoding,
          data: isJson ? Buffer.alloc(0) : payload,
          data_str: isJson ? payload.toString() : '',
          options: { remove_job_on_complete: 'true' },
        },
      })
      t.match(created, { status: 'OK', dataType: 'create_job_response' }, endpoint)
      const job_id = BigInt(Object(created.response).job_id)
      const got = await callWith(encoding, {
        server,
        line: getLine('/get/job'),
        sent: { job_id, options: {} },
      })
      const { job_status, job_response, job_response_str } = Object(got.response)
      t.equal(job_status, 'DONE', endpoint)
      const result = isJson
        ? JSON.parse(job_response_str)
        : plainValue(readReferenceRecord(response.fields, Buffer.from(job_response.bytes)))
      t.strictSame(result, expectedForm(encoding, echoOf(line, sent)), endpoint)
    }
  })

  t.test(
    `with --strict every other endpoint returns an ERROR wrapper in ${encoding}`,
    async (t) => {
      const server = await startTestServer({ strict: true })
      t.teardown(server.close)
      for (const line of ECHOING) {
        t.strictSame(
          await callWith(encoding, { server, line, sent: sampleRequest(line) }),
          {
            httpStatus: 400,
            status: 'ERROR',
            message: `Cannot match ${line.endpoint}: there are no rules`,
            dataType: 'none',
            response: {},
          },
          line.endpoint,
        )
      }
    },
  )

  t.test(`one rule with a * answers every endpoint in ${encoding}`, async (t) => {
    const rules = loadRules(
      t,
      "- { when: { endpoint: '*' }, then: { response: { info: { by: me } } } }",
    )
    const server = await startTestServer({ strict: true, rules })
    t.teardown(server.close)
    for (const line of PLAIN) {
      const sent = sampleRequest(line)
      const echo = echoOf(line, sent)
      const info = 'info' in echo ? { info: { by: 'me' } } : {}
      const { status, response } = await callWith(encoding, { server, line, sent })
      t.equal(status, 'OK', line.endpoint)
      t.strictSame(response, expectedForm(encoding, { ...echo, ...info }), line.endpoint)
    }
  })
}
