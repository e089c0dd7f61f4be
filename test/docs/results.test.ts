import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { formatProblem } from '../../src/fixture-format/fixture-problem.ts'
import { type LoadedFixtures, loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import { rowsFormOf } from '../../src/tables/row-endpoints.ts'
import { createJob, pollJob, serveFixtures } from '../support/exercise.ts'
import { catalogue, FIXTURE_CONTEXT, START_MS, type TestServer } from '../support/server.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGE = readFileSync(join(ROOT, 'docs/results.md'), 'utf8')

interface Block {
  readonly language: string
  readonly text: string
}

/** The fenced blocks of the page, by the heading above them. */
const sections: ReadonlyMap<string, readonly Block[]> = new Map(
  PAGE.split(/^## /m).map((section) => [
    section.split('\n')[0] ?? '',
    Array.from(section.matchAll(/```(\w+)\n(.*?)```/gs), ([, language = '', text = '']) => ({
      language,
      text,
    })),
  ]),
)

function block(heading: string, language: string): string {
  const found = sections.get(heading)?.find((one) => one.language === language)
  if (found === undefined) throw new Error(`Cannot find ${language} in ${heading}`)
  return found.text
}

/** The example of a section, loaded from a file beside the CSV of the page. */
function loadExample(t: Test, heading: string): LoadedFixtures {
  const folder = t.testdir({
    'a.yaml': block(heading, 'yaml'),
    'orders.csv': block('CSV', 'csv'),
  })
  return loadFixtures([folder], FIXTURE_CONTEXT)
}

/** Calls an endpoint for rows in JSON; returns the parsed response. */
function ask(server: TestServer, endpoint: string, fields: object = {}) {
  const needed = { statement: '', table_name: 'orders', column_names: [] }
  const names = catalogue.get(endpoint).request.schema.fields.map(({ name }) => name)
  const given = { ...needed, encoding: 'json', offset: 0, limit: -9999, ...fields }
  return server.call(
    endpoint,
    Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name))),
  )
}

/** As ask, of a statement; returns the rows, column by column. */
async function query(server: TestServer, statement = 'SELECT * FROM orders', fields: object = {}) {
  const response = await ask(server, '/execute/sql', { statement, ...fields })
  const { column_headers, column_datatypes, ...columns } = columnsIn(response)
  return { headers: column_headers, types: column_datatypes, columns: Object.values(columns) }
}

function columnsIn({ json_encoded_response: text }: Readonly<Record<string, unknown>>) {
  return JSON.parse(String(text))
}

/** The checks of a server with the example of a section. */
const SECTIONS: Readonly<Record<string, (t: Test, server: TestServer) => Promise<void>>> = {
  'A query': async (t, server) => {
    t.strictSame(await query(server), {
      headers: ['id', 'note', 'total'],
      types: ['int', 'char16', 'decimal(18,4)'],
      columns: [
        [1, 2, 3],
        ['first', null, null],
        ['12.3400', '0.0000', '7.5000'],
      ],
    })
    const job = await createJob(server, {
      endpoint: '/execute/sql',
      request: { statement: 'SELECT * FROM orders', encoding: 'json', limit: -9999n },
    })
    server.clock.advance(1000)
    t.match((await job.poll()).result, '12.3400')
  },

  'Types and null': async (t, server) => {
    const answer = await server.ask('json', '/execute/sql', { encoding: 'json', limit: 1n })
    const text = String(Object(answer.response).json_encoded_response)
    t.match(text, '"column_1":[9007199254740993]')
    t.match(text, '"column_5":["NaN"]')
    const { columns } = await query(server)
    t.strictSame(columns.slice(1, 9), [
      [-128, 0],
      [1, 0],
      [1_700_000_000_000, 0],
      ['NaN', null],
      ['12.3400', '0'],
      ['2026-01-31', '2026-02-01'],
      ['["red","blue"]', '[]'],
      ['{"size":7}', '{}'],
    ])
    t.strictSame(columns[10], ['\0\0\0?\0\0\x80\xbf', '\0\0\0?\0\0\x80\xbf'])
  },

  Pages: async (t, server) => {
    for (const { offset, limit, rows, more } of [
      { offset: 0, limit: 2, rows: [1, 2], more: true },
      { offset: 4, limit: 2, rows: [5], more: false },
      { offset: 0, limit: -9999, rows: [1, 2, 3, 4, 5], more: false },
      { offset: 9, limit: 2, rows: [], more: false },
    ]) {
      const options = { paging_table: 'p' }
      const response = await ask(server, '/execute/sql', { offset, limit, options })
      t.strictSame(columnsIn(response).column_1, rows)
      const total = { total_number_of_records: 5, has_more_records: more, paging_table: 'p' }
      t.match(response, total)
    }
  },

  'Statements without a result': async (t, server) => {
    const insert = await ask(server, '/execute/sql', { statement: 'INSERT INTO t VALUES (1)' })
    t.match(insert, { count_affected: 2 })
    const create = await ask(server, '/execute/sql', { statement: 'create table t (a int)' })
    t.match(columnsIn(create), { column_1: [], column_headers: ['dummy'] })
    t.match(await query(server, 'SELECT 17;'), { types: ['long'], columns: [[17]] })
  },

  Errors: async (t, server) => {
    const statement = 'SELECT * FROM missing'
    const { status, wrapper } = await server.post('/execute/sql', { statement })
    t.equal(status, 400)
    t.equal(wrapper.message, "SqlEngine: Table 'missing' not found")
  },

  'A job': async (t, server) => {
    t.match(await pollJob(server, 42n), { status: 'RUNNING' })
    server.clock.advance(2000)
    const response = await server.ask('binary', '/get/job', { job_id: 42n })
    t.match(response.response, { job_status: 'DONE', response_encoding: 'binary' })
    const bytes = Buffer.from(Object(response.response).job_response.hex, 'hex')
    const record = catalogue.get('/execute/sql').response.decode(bytes)
    t.match(columnsIn(record), { column_1: [1], column_2: ['first'] })
  },

  Templates: async (t, server) => {
    const { columns } = await query(server, 'SELECT 1 + 1')
    t.strictSame(columns, [['SELECT 1 + 1'], [START_MS], [1]])
    t.match(await ask(server, '/execute/sql'), { info: { count: '1' } })
  },

  CSV: async (t, server) => {
    t.strictSame(await query(server), {
      headers: ['id', 'note', 'at'],
      types: ['int', 'string', 'timestamp'],
      columns: [
        [1, 2],
        ['a comma, and "quotes"', null],
        [1_700_000_000_000, 1_700_000_001_000],
      ],
    })
  },

  Aggregates: async (t, server) => {
    const response = await ask(server, '/aggregate/groupby')
    t.strictSame(columnsIn(response), {
      column_1: ['ann', null],
      column_2: [2, 1],
      column_headers: ['customer', 'count(*)'],
      column_datatypes: ['char32', 'long'],
    })
  },

  Records: async (t, server) => {
    const records = await ask(server, '/get/records')
    t.strictSame(records['records_json'], ['{"id":1,"note":"first"}', '{"id":2,"note":null}'])
    const byColumn = await ask(server, '/get/records/bycolumn')
    t.match(columnsIn(byColumn), { column_1: [1, 2] })
  },
}

t.test('every section of docs/results.md with an example is tested', async (t) => {
  const headings = [...sections.keys()].filter((heading) =>
    sections.get(heading)?.some(({ language }) => language === 'yaml'),
  )
  t.strictSame(headings, Object.keys(SECTIONS))
})

for (const [heading, exercise] of Object.entries(SECTIONS)) {
  t.test(`docs/results.md, ${heading}: the example behaves as described`, async (t) => {
    await exercise(t, await serveFixtures(t, loadExample(t, heading)))
  })
}

t.test('docs/results.md names the endpoints that return rows', async (t) => {
  const named = Array.from(PAGE.matchAll(/^\| (`\/[^|]*`) \|/gm), ([, names = '']) => names)
  const endpoints = named.flatMap((names) => names.replaceAll('`', '').split(', '))
  const returning = catalogue.endpoints.filter((endpoint) => rowsFormOf(endpoint))
  t.strictSame(endpoints.sort(), [...returning].sort())
})

t.test('docs/results.md quotes the real messages', async (t) => {
  const rows = 'columns: [id int, note char16], rows: [[1, a], [null, null]]'
  const folder = t.testdir({
    'a.yaml': `rules: [{ when: { endpoint: /execute/sql }, then: { ${rows} } }]`,
    'b.yaml': block('CSV', 'yaml'),
    'orders.csv': block('CSV', 'csv').replace('1700000001000', ''),
  })
  const messages = loadFixtures([folder], FIXTURE_CONTEXT).problems.map(formatProblem).join('\n')
  const [wrongCsv = ''] = /orders\.csv:3: [^`]*/.exec(PAGE) ?? []
  t.match(messages, wrongCsv)
  t.match(PAGE, /`rows\[1\]\[0\]: note is not nullable \(write "note char16\?"\)`/)
  t.match(messages, 'rows[1][1]: note is not nullable (write "note char16?")')
})
