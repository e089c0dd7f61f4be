import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { loadFixtures } from '../src/fixtures/load-fixtures.ts'
import { NO_JOBS } from '../src/jobs/job.ts'
import {
  askAs,
  cancelJob,
  createJob,
  nextDelayMs,
  serveFixtures,
  tryCreateJob,
} from './support/exercise.ts'
import {
  catalogue,
  ENCODINGS,
  FIXTURE_CONTEXT,
  START_MS,
  type TestServer,
} from './support/server.ts'

const FOLDER = fileURLToPath(new URL('../fixtures', import.meta.url))

const loaded = loadFixtures([FOLDER], FIXTURE_CONTEXT)

/** The requests for each rule of the tour, by the name of the rule. */
const TOUR: Readonly<Record<string, (t: Test, server: TestServer) => Promise<void>>> = {
  'a backup succeeds': async (t, server) => {
    const endpoint = '/create/backup'
    const request = { backup_name: 'tour_nightly', datasink_name: 's3' }
    const expected = (job: string) => ({
      backup_name: 'tour_nightly',
      backup_id: '0',
      copied_bytes: '0',
      copied_files: '12',
      copied_records: '9007199254740993',
      total_number_of_records: '0',
      info: { target: 's3/tour_nightly', job },
    })
    for (const encoding of ENCODINGS) {
      const answer = await server.ask(encoding, endpoint, request)
      t.strictSame(answer.response, expected(''), encoding)
    }
    const { id, poll } = await createJob(server, { endpoint, request })
    server.clock.advance(1000)
    t.match(await poll(), { status: 'RUNNING', progress: 50 })
    server.clock.advance(1000)
    const { status, result } = await poll()
    t.equal(status, 'DONE')
    const written = `"copied_records":9007199254740993,"total_number_of_records":0,"info":{"target":"s3/tour_nightly","job":"${id}"}`
    t.match(result, written)
    const other = await server.ask('json', endpoint, { backup_name: 'nightly' })
    t.match(other.response, { backup_name: 'nightly', copied_files: '0' })
  },

  'an import fails late': async (t, server) => {
    const { poll } = await createJob(server, {
      endpoint: '/insert/records/fromfiles',
      request: { table_name: 'tour.late_failure', filepaths: ['orders.csv', 'more.csv'] },
    })
    server.clock.advance(1500)
    t.match(await poll(), { status: 'RUNNING', progress: 45 })
    server.clock.advance(1500)
    const error = 'row 1000 of orders.csv: too few columns'
    t.strictSame(await poll(), { status: 'ERROR', progress: 90, result: '', error })
  },

  'an export hangs': async (t, server) => {
    const { id, poll } = await createJob(server, {
      endpoint: '/export/records/tofiles',
      request: { table_name: 'tour.hanging' },
    })
    server.clock.advance(3_600_000)
    t.match(await poll(), { status: 'RUNNING', progress: 40 })
    t.strictSame(await cancelJob(server, id), ['cancelled'])
    t.match(await poll(), { status: 'CANCELLED', progress: 40 })
  },

  'statistics go by polls': async (t, server) => {
    const { poll } = await createJob(server, {
      endpoint: '/collect/statistics',
      request: { table_name: 'tour.orders' },
    })
    for (const progress of [30, 60, 60]) t.match(await poll(), { status: 'RUNNING', progress })
    t.match(await poll(), { status: 'DONE', progress: 100, result: '"table_name":"tour.orders"' })
    t.equal(server.clock.now(), START_MS)
  },

  'a rebalance cannot be cancelled': async (t, server) => {
    const endpoint = '/admin/rebalance'
    const { id, poll } = await createJob(server, {
      endpoint,
      request: { options: { aggressiveness: '5', rebalance_sharded_data: 'true' } },
    })
    t.strictSame(await cancelJob(server, id), ['refused'])
    server.clock.advance(299_999)
    t.match(await poll(), { status: 'RUNNING', progress: 99 })
    server.clock.advance(1)
    t.match(await poll(), { status: 'DONE' })
    const other = await createJob(server, {
      endpoint,
      request: { options: { aggressiveness: '1' } },
    })
    t.strictSame(await cancelJob(server, other.id), ['cancelled'])
  },

  'a query takes a while to cancel': async (t, server) => {
    const { id, poll } = await createJob(server, {
      endpoint: '/execute/sql',
      request: { statement: 'SELECT x FROM tour.big WHERE x > 1' },
    })
    t.strictSame(await cancelJob(server, id), ['cancelled'])
    server.clock.advance(999)
    t.match(await poll(), { status: 'RUNNING' })
    server.clock.advance(1)
    t.match(await poll(), { status: 'CANCELLED' })
  },

  'a result that cannot be parsed': async (t, server) => {
    const { poll } = await createJob(server, {
      endpoint: '/execute/sql',
      request: { statement: 'SELECT 1' },
      encoding: 'binary',
      tag: 'tour-garbage',
    })
    t.match(await poll(), { status: 'DONE', result: '<html>502 Bad Gateway</html>' })
  },

  'a table is missing': async (t, server) => {
    for (const encoding of ENCODINGS) {
      const answer = await server.ask(encoding, '/show/table', { table_name: 'tour.missing' })
      t.equal(answer.httpStatus, 400)
      t.equal(answer.message, 'Table tour.missing does not exist', encoding)
    }
  },

  'the server is busy': async (t, server) => {
    const delayMs = nextDelayMs(server)
    const pending = server.ask('json', '/show/schema', { schema_name: 'tour_busy' })
    t.equal(await delayMs, 250)
    server.clock.advance(250)
    t.match(await pending, { httpStatus: 503, status: 'ERROR', message: 'The server is busy' })
  },

  'a table exists': async (t, server) => {
    const answer = await server.ask('binary', '/has/table', { table_name: 'tour.orders' })
    t.match(answer.response, { table_name: 'tour.orders', table_exists: true })
    const other = await server.ask('binary', '/has/table', { table_name: 'orders' })
    t.match(other.response, { table_name: 'orders', table_exists: false })
  },

  'locked twice': async (t, server) => {
    const message = 'The table is locked'
    t.strictSame(await clear(server, 'tour.locked', 4), [message, message, '', ''])
  },

  'fails once': async (t, server) => {
    const message = 'The connection to rank 1 was lost'
    t.strictSame(await clear(server, 'tour.flaky', 4), ['', message, '', ''])
  },

  'guests drop nothing': async (t, server) => {
    for (const endpoint of ['/drop/schema', '/drop/backup']) {
      const answer = await askAs(server, { user: 'guest', endpoint, fields: {} })
      t.match(answer, { httpStatus: 403, message: 'guest may not drop anything' })
      t.match(await askAs(server, { user: 'admin', endpoint, fields: {} }), { status: 'OK' })
    }
  },
}

/** The error messages of clearing a table several times; empty after a success. */
async function clear(server: TestServer, table: string, times: number): Promise<string[]> {
  const messages: string[] = []
  for (let time = 0; time < times; time += 1) {
    const { message } = await server.ask('json', '/clear/table', { table_name: table })
    messages.push(message)
  }
  return messages
}

t.test('every rule of the tour has a name and is tested here', async (t) => {
  t.strictSame(
    loaded.rules.map(({ name }) => name),
    Object.keys(TOUR),
  )
})

for (const [name, exercise] of Object.entries(TOUR)) {
  t.test(`the tour: ${name}`, async (t) => exercise(t, await serveFixtures(t, loaded)))
}

t.test('the requests at the head of the tour are answered by a rule', async (t) => {
  const server = await serveFixtures(t, loaded, { strict: true })
  const text = readFileSync(`${FOLDER}/rules.yaml`, 'utf8').replaceAll(/\n# +/g, '\n')
  const commands = Array.from(text.matchAll(/^curl -s localhost:9191(\S+) -d '([^']*)'/gm))
  const statuses = commands.map(
    async ([, path = '', body]) => (await server.post(path, body)).status,
  )
  t.strictSame(await Promise.all(statuses), [200, 200])
})

t.test('the tour echoes requests that it does not name', async (t) => {
  const server = await serveFixtures(t, loaded)
  const table = { table_name: 'orders', action: 'ttl', value: '120' }
  const { poll } = await createJob(server, { endpoint: '/alter/table', request: table })
  server.clock.advance(999)
  t.match(await poll(), { status: 'RUNNING', progress: 99 })
  server.clock.advance(1)
  t.match(await poll(), { status: 'DONE', result: '{"table_name":"orders","action":"ttl"' })
})

t.test('no rule of the tour answers an empty request', async (t) => {
  const server = await serveFixtures(t, loaded, { strict: true })
  const answered: string[] = []
  for (const endpoint of catalogue.endpoints) {
    const { message } = await tryCreateJob(server, { endpoint, request: {} })
    if (!message.startsWith(`Cannot match ${endpoint} as a job: `)) answered.push(endpoint)
  }
  t.strictSame(answered, [...NO_JOBS].sort())
})
