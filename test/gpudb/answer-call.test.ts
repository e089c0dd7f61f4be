import t from 'tap'
import type { AvroRecord } from '../../src/avro/avro-value.ts'
import { answerCall } from '../../src/gpudb/answer-call.ts'
import { createTrace } from '../../src/wire/gpudb-call.ts'
import { catalogue, ENCODINGS, startTestServer } from '../support/server.ts'

t.test('answerCall() echoes the request and is zero elsewhere', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const cases = [
    {
      endpoint: '/alter/table',
      request: { table_name: 'orders', action: 'ttl', value: '7', options: { a: 'b' } },
      dataType: 'alter_table_response',
      response: {
        table_name: 'orders',
        action: 'ttl',
        value: '7',
        type_id: '',
        type_definition: '',
        properties: {},
        label: '',
        info: {},
      },
    },
    {
      endpoint: '/aggregate/groupby',
      request: { table_name: 'orders', limit: -9999n, encoding: 'json' },
      dataType: 'aggregate_group_by_response',
      response: {
        response_schema_str: '',
        binary_encoded_response: { hex: '' },
        json_encoded_response: '',
        total_number_of_records: '0',
        has_more_records: false,
        info: {},
      },
    },
    {
      endpoint: '/admin/verifydb',
      request: {},
      dataType: 'admin_verify_db_response',
      response: {
        verified_ok: false,
        error_list: [],
        orphaned_tables_total_size: '0',
        info: {},
      },
    },
  ]
  for (const { endpoint, request, dataType, response } of cases) {
    for (const asked of ENCODINGS) {
      const answer = await server.ask(asked, endpoint, request)
      t.strictSame(
        answer,
        {
          httpStatus: 200,
          contentType: answer.contentType,
          status: 'OK',
          message: '',
          dataType,
          response,
        },
        `${endpoint} in ${asked}`,
      )
    }
  }
})

t.test('answerCall() answers every endpoint of the catalogue', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const refused: string[] = []
  for (const endpoint of catalogue.endpoints) {
    const { httpStatus, dataType } = await server.ask('binary', endpoint, {})
    const { name } = catalogue.get(endpoint).response
    if (httpStatus !== 200 || dataType !== name) refused.push(endpoint)
  }
  t.strictSame(refused, ['/admin/alter/jobs', '/create/job', '/get/job'])
})

t.test('answerCall() tells what an endpoint or the registry refuses', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const context = { catalogue, maxBytes: 1, report: () => undefined, trace: createTrace() }
  const ask = (request: AvroRecord) => {
    const source = { user: '', sourceIp: '', url: '' }
    const call = { endpoint: '/get/job', request, encoding: 'json', source } as const
    return answerCall(call, { ...context, scope: server.scope })
  }
  const leaving = { status: 400, delayMs: 0, fault: undefined }
  const gone = 'Cannot find job 7: it was never created, or is gone'
  t.strictSame(ask({ job_id: 7n, options: {} }), { error: gone, ...leaving })
  const unnamed = 'Cannot find a job: give job_id, or the tag in options.job_tag'
  t.strictSame(ask({ job_id: 0n, options: {} }), { error: unnamed, ...leaving })
})

t.test('answerCall() passes on what is no refusal', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const broken = new Error('out of tags')
  const source = {
    get user(): string {
      throw broken
    },
    sourceIp: '',
    url: '',
  }
  const request = {
    endpoint: '/admin/rebalance',
    request_encoding: 'json',
    data: Buffer.alloc(0),
    data_str: '{}',
    options: {},
  }
  const context = {
    scope: server.scope,
    catalogue,
    maxBytes: 100,
    report: () => undefined,
    trace: createTrace(),
  }
  t.throws(
    () => answerCall({ endpoint: '/create/job', request, encoding: 'json', source }, context),
    broken,
  )
})
