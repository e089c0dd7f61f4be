import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { completeResult } from '../../src/gpudb-parts/complete-result.ts'
import { ECHO } from '../../src/jobs/result.ts'
import { catalogueLines } from '../support/endpoint-catalogue.ts'
import { loadRules } from '../support/rules.ts'
import { runCall } from '../support/run-call.ts'
import { startTestServer } from '../support/server.ts'

const PATHS = ['data/a.csv', 'data', 'data/b.csv']

t.test('lists beside the echo of a list have an item for each of its items', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  let checked = 0
  for (const { endpoint, request, response } of catalogueLines) {
    const lists = response.fields.filter(
      ({ type }) => typeof type === 'object' && 'type' in type && type.type === 'array',
    )
    const echoed = lists.find((list) => request.fields.some((one) => isDeepStrictEqual(one, list)))
    // The jobs of /admin/alter/jobs have a status each.
    if (echoed === undefined || lists.length < 2 || endpoint === '/admin/alter/jobs') continue
    const { response: answer } = await server.ask('binary', endpoint, {
      [echoed.name]: ['a', 'b', 'c'],
    })
    const lengths = lists.map(({ name }) => Object(answer)[name].length)
    const expected = endpoint === '/visualize/getfeatureinfo' ? 0 : 3
    t.strictSame(new Set(lengths), new Set([expected]), endpoint)
    checked += 1
  }
  t.equal(checked, 10)
})

t.test('files and directories that are asked for by name exist, and are empty', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const options = {}
  t.match(await server.call('/show/files', { paths: PATHS, options }), {
    file_names: ['data/a.csv', 'data/b.csv'],
    sizes: [0, 0],
    users: ['', ''],
    creation_times: [0, 0],
  })
  t.match(
    await server.call('/download/files', {
      file_names: PATHS,
      read_offsets: [],
      read_lengths: [],
      options,
    }),
    {
      file_names: PATHS,
      file_data: ['', '', ''],
    },
  )
  const none = await server.call('/show/directories', { directory_name: '', options })
  t.strictSame([none['directories'], none['users']], [[], []])
  const one = await server.call('/show/directories', { directory_name: 'data', options })
  t.strictSame([one['directories'], one['permissions']], [['data'], ['']])
})

t.test('the lists of a rule decide the length of the lists that it omits', async (t) => {
  const rules = loadRules(
    t,
    '- { when: { endpoint: /show/files }, then: { response: { file_names: [a/1, a/2], sizes: [7, 8] } } }',
  )
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  t.match(await server.call('/show/files', { paths: ['a'], options: {} }), {
    file_names: ['a/1', 'a/2'],
    sizes: [7, 8],
    users: ['', ''],
  })
})

t.test(
  'statements without a rule: an integer is selected, a query is empty, DDL is done',
  async (t) => {
    const server = await startTestServer()
    t.teardown(server.close)
    const columns = (name: string, type: string) =>
      `"column_headers":["${name}"],"column_datatypes":["${type}"]}`
    const cases = [
      ['SELECT 5', `{"column_1":[5],${columns('EXPR_0', 'long')}`, 1, 0],
      ['\n select\t-9223372036854775808 ; ', /^{"column_1":\[-9223372036854775808\]/, 1, 0],
      ['select 9223372036854775808', /^{"column_1":\[\]/, 0, 0],
      ['/* a * b */ -- c\n(SELECT a FROM t)', `{"column_1":[],${columns('dummy', 'string')}`, 0, 0],
      ['with x as (select 1) select * from x', /^{"column_1":\[\]/, 0, 0],
      ['create table selects (id int)', /^{"column_1":\[\]/, -1, 1],
    ] as const
    for (const [statement, json, total, affected] of cases) {
      for (const as of ['direct', 'job'] as const) {
        const fields = { statement, encoding: 'json', limit: -9999n }
        const result = await runCall(server, {
          as,
          encoding: 'json',
          endpoint: '/execute/sql',
          fields,
        })
        const response = Object('response' in result ? result.response : undefined)
        t.match(response.json_encoded_response, json, statement)
        t.match(response, {
          total_number_of_records: String(total),
          count_affected: String(affected),
          has_more_records: false,
        })
      }
    }
  },
)

t.test('zero values need no field of a request', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const { scope } = server
  for (const { endpoint } of catalogueLines) {
    const result = completeResult(ECHO, { endpoint, request: {}, scope })
    t.equal(result.kind, 'fields', endpoint)
  }
})

t.test('programs find what they ask for by name', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  const stats = 'mean, percentile(50, 100),count,,__proto__'
  const asked = { table_name: 'orders', column_name: 'id', stats, options: {} }
  const answer = await server.call('/aggregate/statistics', asked)
  t.strictSame(Object.entries(Object(answer['stats'])), [
    ['mean', 0],
    ['percentile(50, 100)', 0],
    ['count', 0],
    ['__proto__', 0],
  ])
  const run = await server.call('/show/proc/status', { run_id: '1', options: {} })
  t.match(run, { overall_statuses: { 1: 'complete' }, results: { 1: {} } })
  const all = await server.call('/show/proc/status', { options: {} })
  t.strictSame(all['overall_statuses'], {})
})

t.test('records and features are GeoJSON if a request wants that', async (t) => {
  const rules = loadRules(
    t,
    '- { when: { endpoint: /get/records, request: { table_name: towns } }, then: { columns: [id int, name string], rows: [[1, ü], [2, b]] } }',
  )
  const server = await startTestServer({ rules })
  t.teardown(server.close)
  const records = async (table_name: string) => {
    const sent = { table_name, encoding: 'geojson' }
    const { records_json, records_binary } = await server.call('/get/records', sent)
    t.strictSame(records_binary, [])
    return Array.from(Object(records_json), (text) => JSON.parse(String(text)))
  }
  t.strictSame(await records('none'), [{ type: 'FeatureCollection', features: [] }])
  const feature = { type: 'Feature', geometry: null }
  t.strictSame(await records('towns'), [
    {
      type: 'FeatureCollection',
      features: [
        { ...feature, properties: { id: 1, name: 'ü' } },
        { ...feature, properties: { id: 2, name: 'b' } },
      ],
    },
  ])
  const { response } = await server.ask('json', '/visualize/getfeatureinfo', {
    table_names: ['towns'],
    encoding: 'geojson',
  })
  t.match(response, {
    table_names: [],
    geojson_encoded_response: '{"type":"FeatureCollection","features":[]}',
  })
})
