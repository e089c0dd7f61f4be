import t from 'tap'
import type { AvroRecord } from '../../src/avro/avro-value.ts'
import { answerCall } from '../../src/gpudb/answer-call.ts'
import type { Call } from '../../src/gpudb/call.ts'
import { JournalEntry } from '../../src/scope/journal.ts'
import { catalogue, ENCODINGS, startTestServer, type TestServer } from '../support/server.ts'

t.test('answerCall() echoes the request; other fields are zero', async (t) => {
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

/** A call of an endpoint in a server's scope. */
function callOf({ scope }: TestServer, endpoint: string): Call {
  const received = { atMs: 0, headers: {}, body: Buffer.alloc(0), user: '', sourceIp: '' }
  const entry = new JournalEntry({ ...received, endpoint, encoding: 'json' })
  const client = { url: '' }
  return { scope, catalogue, entry, encoding: 'json', client, maxBytes: 100, report: () => {} }
}

t.test('answerCall() returns the errors of endpoints and of the job registry', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const ask = (request: AvroRecord) => answerCall(request, callOf(server, '/get/job'))
  const refusal = { code: 'REFUSED', delayMs: 0, fault: undefined }
  const gone = 'Cannot find job 7: it was never created, or is gone'
  t.strictSame(ask({ job_id: 7n, options: {} }), { error: gone, ...refusal })
  const unnamed = 'Cannot find a job: give job_id, or the tag in options.job_tag'
  t.strictSame(ask({ job_id: 0n, options: {} }), { error: unnamed, ...refusal })
})

t.test('answerCall() rethrows an unexpected error', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const broken = new Error('out of memory')
  server.scope.jobs.list = () => {
    throw broken
  }
  t.throws(() => answerCall({ options: {} }, callOf(server, '/admin/show/jobs')), broken)
})
