import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { FixtureFault } from '../../src/fixture-format/fault-format.ts'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import { createJob, nextDelayMs, serveFixtures, tryCreateJob } from '../support/exercise.ts'
import { sendHttp } from '../support/http.ts'
import { nextTurn } from '../support/next-turn.ts'
import { FIXTURE_CONTEXT, startTestServer, type TestServer } from '../support/server.ts'
import { sendBytes } from '../support/socket.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The text of each section of the page, by its heading. */
const sections: ReadonlyMap<string, string> = new Map(
  readFileSync(join(ROOT, 'docs/faults.md'), 'utf8')
    .split(/^##* /m)
    .map((section) => [section.split('\n')[0] ?? '', section]),
)

/** The first cells of the rows of a section's table, without their backticks. */
function rowsOf(heading: string): string[] {
  const [, table = ''] = (sections.get(heading) ?? '').split(/^\|(?: --- \|)+$/m)
  return Array.from(table.matchAll(/^\| (`.*?`) \|/gm), ([, cell = '']) => cell.replaceAll('`', ''))
}

/** Starts a server with a YAML document. */
function serve(t: Test, yaml: string): Promise<TestServer> {
  const folder = t.testdir({ 'faults.yaml': yaml })
  return serveFixtures(t, loadFixtures([folder], FIXTURE_CONTEXT))
}

const TABLE = { table_name: 'orders' }

/** A request of `/has/table` in JSON, as bytes. */
const REQUEST = [
  'POST /has/table HTTP/1.1',
  'Host: localhost',
  'Connection: close',
  'Content-Length: 36',
  '',
  '{"table_name":"orders","options":{}}',
].join('\r\n')

/** What a raw connection received. */
interface Received {
  readonly statusLine: string
  readonly head: string
  readonly body: string
  readonly contentLength: number
}

async function ask({ port }: TestServer): Promise<Received> {
  const text = await sendBytes(port, REQUEST)
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s, 2)
  const [statusLine = ''] = head.split('\r\n', 1)
  const contentLength = Number(/^content-length: (\d+)/im.exec(head)?.[1])
  return { statusLine, head, body, contentLength }
}

const whole = startTestServer().then(async (server) => {
  const received = await ask(server)
  await server.close()
  return received.body
})

/** Resolves when the journal has a request. */
async function received({ scope }: TestServer): Promise<void> {
  while (scope.journal.lastId === 0) await nextTurn()
}

type Check = (t: Test, server: TestServer) => Promise<unknown>

const isWhole: Check = async (t, server) => {
  const { statusLine, body } = await ask(server)
  t.strictSame([statusLine, body], ['HTTP/1.1 200 OK', await whole])
}

const isReset: Check = (t, { port }) => t.rejects(sendBytes(port, REQUEST), { code: 'ECONNRESET' })

const isGarbage =
  (size: number): Check =>
  async (t, { port }) => {
    const bytes = await sendBytes(port, REQUEST)
    t.equal(bytes.length, size)
    t.notMatch(bytes, /^HTTP/)
  }

const DAMAGE: Readonly<Record<string, Check>> = {
  reset: isReset,
  close: async (t, { port }) => t.equal(await sendBytes(port, REQUEST), ''),
  hang: async (t, server) => {
    const leave = new AbortController()
    const { signal } = leave
    const answer = fetch(`${server.url}/has/table`, { method: 'POST', body: '{}', signal })
    await received(server)
    server.clock.advance(3_600_000)
    leave.abort()
    await t.rejects(answer, { name: 'AbortError' })
  },
  '{ hang: { for: 5s } }': async (t, server) => {
    const heldMs = nextDelayMs(server)
    const bytes = sendBytes(server.port, REQUEST)
    t.equal(await heldMs, 5000)
    server.clock.advance(5000)
    t.equal(await bytes, '')
  },
  garbage: isGarbage(64),
  '{ garbage: { bytes: 1000 } }': isGarbage(1000),
  empty: async (t, server) => {
    const { statusLine, head, body } = await ask(server)
    t.strictSame([statusLine, body], ['HTTP/1.1 200 OK', ''])
    t.match(head, /^content-type: application\/json\r?$/im)
  },
  '{ cut: { after: 20 } }': async (t, server) => {
    const { body, contentLength } = await ask(server)
    t.strictSame([body, contentLength], [(await whole).slice(0, 20), (await whole).length])
  },
  '{ cut: { after: "50%", end: reset } }': async (t, server) => {
    // Node's client does not tell a reset from a close if bytes came with it.
    const { body } = await ask(server)
    t.equal(body, (await whole).slice(0, (await whole).length / 2))
    const [entry] = server.scope.journal.list()
    t.equal(entry?.sentBytes, Math.floor((await whole).length / 2))
  },
  '{ cut: { after: 30, part: head } }': async (t, { port }) => {
    const bytes = await sendBytes(port, REQUEST)
    t.strictSame([bytes.length, bytes.slice(0, 15)], [30, 'HTTP/1.1 200 OK'])
  },
  '{ slow: { rate: 200 } }': isWhole,
  '{ slow: { chunk: 16, every: 250ms } }': isWhole,
  '{ chunks: bad_size }': async (t, server) => {
    const { head, body } = await ask(server)
    t.match(head, /^transfer-encoding: chunked/im)
    t.notMatch(body, /^[0-9a-f]+\r\n/i)
  },
  '{ chunks: no_end }': async (t, server) => {
    const { head, body } = await ask(server)
    t.match(head, /^transfer-encoding: chunked/im)
    t.equal(body, `${(await whole).length.toString(16)}\r\n${await whole}\r\n`)
  },
  '{ http: { status: 502 } }': async (t, server) => {
    const { statusLine, head, body } = await ask(server)
    t.equal(statusLine, 'HTTP/1.1 502 Bad Gateway')
    t.match(head, /^content-type: text\/html/im)
    t.match(body, /^<html>/)
  },
  '{ http: { status: 503, page: wrapper, phrase: Kinetica is offline } }': async (t, server) => {
    const { statusLine, body } = await ask(server)
    t.equal(statusLine, 'HTTP/1.1 503 Kinetica is offline')
    t.match(JSON.parse(body), { status: 'ERROR', message: 'Kinetica is offline' })
  },
  '{ http: { status: 401, page: empty } }': async (t, server) => {
    const { statusLine, body } = await ask(server)
    t.strictSame([statusLine, body], ['HTTP/1.1 401 Unauthorized', ''])
  },
}

t.test('docs/faults.md lists every kind of damage once', async (t) => {
  t.strictSame(rowsOf('Damage'), [...Object.keys(DAMAGE), '{ codec: … }'])
})

for (const [text, check] of Object.entries(DAMAGE)) {
  t.test(`docs/faults.md, Damage: ${text}`, async (t) => {
    await check(t, await serve(t, `faults: [{ fault: ${text} }]`))
  })
}

/** The wrapper and the record in it, with one mistake. */
type Parts = Readonly<Record<string, unknown>>

async function partsOf(body: Promise<string> | string): Promise<[wrapper: Parts, data: string]> {
  const { data_str, ...wrapper } = Object(JSON.parse(await body))
  return [wrapper, data_str]
}

const CODEC: Readonly<Record<string, Check>> = {
  '{ truncate: { part: data, bytes: 3 } }': async (t, server) => {
    const [wrapper, data] = await partsOf(whole)
    t.strictSame(await partsOf((await ask(server)).body), [wrapper, data.slice(0, -3)])
  },
  '{ flip: { part: data, bits: 2 } }': async (t, server) => {
    const [wrapper, data] = await partsOf(whole)
    const [around, flipped] = await partsOf((await ask(server)).body)
    t.strictSame([around, flipped.length], [wrapper, data.length])
    t.not(flipped, data)
  },
  '{ claim: { part: data, length: 9999 } }': async (t, server) => {
    const { body, contentLength } = await ask(server)
    t.strictSame([body, contentLength], [await whole, 9999])
  },
  '{ record: show_table_response }': async (t, server) => {
    const [wrapper] = await partsOf(whole)
    const [around, data] = await partsOf((await ask(server)).body)
    t.strictSame(around, wrapper)
    t.strictSame(Object.keys(JSON.parse(data)).slice(0, 2), ['table_name', 'table_names'])
  },
  '{ data_type: show_table_response }': async (t, server) => {
    const [wrapper, data] = await partsOf(whole)
    const [around, same] = await partsOf((await ask(server)).body)
    t.strictSame([around, same], [{ ...wrapper, data_type: 'show_table_response' }, data])
  },
  '{ status: MAYBE }': async (t, server) => {
    const [wrapper, data] = await partsOf(whole)
    t.strictSame(await partsOf((await ask(server)).body), [{ ...wrapper, status: 'MAYBE' }, data])
  },
  '{ omit: [table_exists, status] }': async (t, server) => {
    const [around, data] = await partsOf((await ask(server)).body)
    t.strictSame(Object.keys(around), ['message', 'data_type', 'data'])
    t.strictSame(JSON.parse(data), { table_name: 'orders', info: {} })
  },
  '{ trailing: 4 }': async (t, server) => {
    const { body } = await ask(server)
    t.strictSame([body.slice(0, -4), body.length], [await whole, (await whole).length + 4])
  },
  '{ as: json }': async (t, server) => {
    const headers = { 'content-type': 'application/octet-stream' }
    const { scope, port } = server
    const body = Buffer.from('0c6f726465727300', 'hex')
    const answer = await sendHttp(port, { method: 'POST', path: '/has/table', headers, body })
    t.equal(answer.headers['content-type'], 'application/octet-stream')
    t.equal(answer.body.toString(), await whole)
    t.equal(scope.journal.list()[0]?.encoding, 'binary')
  },
}

t.test('docs/faults.md lists every mistake inside a message once', async (t) => {
  t.strictSame(rowsOf('Damage inside the message'), Object.keys(CODEC))
})

for (const [text, check] of Object.entries(CODEC)) {
  t.test(`docs/faults.md, Damage inside the message: ${text}`, async (t) => {
    await check(t, await serve(t, `faults: [{ fault: { codec: ${text} } }]`))
  })
}

const DELAYS: Readonly<Record<string, readonly [minMs: number, maxMs: number]>> = {
  '250ms': [250, 250],
  '{ uniform: [100ms, 2s] }': [100, 2000],
  '{ lognormal: { median: 200ms, sigma: 0.4, max: 5s } }': [20, 5000],
}

t.test('docs/faults.md, Delays: an answer waits on the clock of the scope', async (t) => {
  t.strictSame(rowsOf('Delays'), Object.keys(DELAYS))
  for (const [text, [minMs, maxMs]] of Object.entries(DELAYS)) {
    const server = await serve(t, `faults: [{ delay: ${text} }]`)
    const delayMs = nextDelayMs(server)
    const answer = server.ask('json', '/has/table', TABLE)
    const ms = await delayMs
    t.ok(ms >= minMs && ms <= maxMs, `${text}: ${ms}`)
    server.clock.advance(ms)
    t.match(await answer, { status: 'OK' })
  }
})

t.test('docs/faults.md lists every key', async (t) => {
  const keys = rowsOf('Keys').flatMap((cell) => cell.split(', '))
  t.strictSame(keys.sort(), Object.keys(FixtureFault.properties).sort())
})

const JOB = { endpoint: '/alter/table', request: TABLE } as const

/** Creates a job; undefined if the answer is lost. */
function creates(server: TestServer): Promise<boolean> {
  return tryCreateJob(server, JOB).then(
    ({ status }) => status === 'OK',
    () => false,
  )
}

/** Whether each of several polls of a job is answered: 1 or 0. */
async function polls(server: TestServer, count: number): Promise<string> {
  const { poll } = await createJob(server, JOB)
  let answered = ''
  for (let call = 0; call < count; call += 1) {
    answered += await poll().then(
      () => '1',
      () => '0',
    )
  }
  return answered
}

/** The first line of what GET / answers; empty if the connection is broken. */
function askRoot({ port }: TestServer): Promise<string> {
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  return sendBytes(port, request).then(
    (text) => text.split('\r\n', 1)[0] ?? '',
    () => '',
  )
}

/** The second cluster of the default scope. */
const B = '/~default~b'

/** The message of a call; empty if it succeeds. */
async function messageOf(server: TestServer, path: string, body: object): Promise<string> {
  return (await server.post(path, body)).wrapper.message
}

const EXAMPLES: Readonly<Record<string, Check>> = {
  Faults: async (t, server) => {
    t.strictSame([await creates(server), await creates(server)], [true, false])
    t.equal(server.scope.jobs.count(), 2, 'the job exists')
    t.equal(await creates(server), true)
    t.strictSame(
      server.scope.journal.list().map(({ faults, sentBytes }) => [faults, sentBytes === 120]),
      [
        [[], false],
        [['the second create is lost'], true],
        [[], false],
      ],
    )
  },

  'Down for ten seconds': async (t, server) => {
    server.clock.advance(9999)
    const lost = { code: 'ECONNRESET' }
    await t.rejects(server.ask('json', '/show/system/status', {}), lost)
    await t.rejects(server.ask('json', '/show/system/properties', {}), lost)
    t.strictSame([await askRoot(server), await creates(server)], ['', false])
    t.equal(server.scope.jobs.count(), 0)
    server.clock.advance(1)
    t.match(await server.ask('json', '/show/system/status', {}), { status: 'OK' })
    t.strictSame([await askRoot(server), await creates(server)], ['HTTP/1.1 200 OK', true])
  },

  'Calls lost for ten seconds': async (t, server) => {
    server.clock.advance(9999)
    t.match(await server.ask('json', '/show/system/status', {}), { status: 'OK' })
    t.strictSame([await askRoot(server), await creates(server)], ['HTTP/1.1 200 OK', false])
    server.clock.advance(1)
    t.equal(await creates(server), true)
  },

  'A slow network': async (t, server) => {
    for (let call = 0; call < 5; call += 1) {
      const delayMs = nextDelayMs(server)
      const answer = server.ask('json', '/has/table', TABLE)
      const ms = await delayMs
      t.ok(ms > 0 && ms <= 3000, String(ms))
      server.clock.advance(ms)
      t.match(await answer, { status: 'OK' })
    }
  },

  'A corrupt answer': async (t, server) => {
    const { poll } = await createJob(server, JOB)
    server.clock.advance(1000)
    const first = await poll()
    t.match(first, { status: 'DONE', result: /\}$/ })
    t.strictSame(await poll(), { ...first, result: String(first.result).slice(0, -1) })
    t.strictSame(await poll(), first)
  },

  'Credentials expire': async (t, server) => {
    for (const httpStatus of [200, 200]) {
      t.match(await server.ask('json', '/has/table', TABLE), { httpStatus })
    }
    const answer = await server.ask('binary', '/has/table', TABLE)
    t.match(answer, { httpStatus: 401, status: 'ERROR', message: 'Unauthorized' })
    t.match(await server.ask('json', '/show/system/status', {}), { httpStatus: 200 })
  },

  'One poll in ten is lost': async (t, server) => {
    const answered = await polls(server, 100)
    const lost = answered.replaceAll('1', '').length
    t.ok(lost > 2 && lost < 22, `${lost} of 100`)
    const again = await serve(t, yamlOf('One poll in ten is lost'))
    t.equal(await polls(again, 100), answered, 'a run repeats exactly')
  },

  'Duplicate creates': async (t, server) => {
    t.equal(await creates(server), false)
    t.equal(server.scope.jobs.count(), 1)
    t.equal(await creates(server), true)
    t.equal(server.scope.jobs.count(), 2)
  },

  "A job's tag on the backup": async (t, server) => {
    await tryCreateJob(server, { ...JOB, tag: 'nightly' })
    t.equal(await askRoot(server), 'HTTP/1.1 200 OK')
    server.clock.advance(500)
    t.equal(await askRoot(server), '')
    const byTag = { job_id: 0, options: { job_tag: 'nightly' } }
    t.match(await server.call(`${B}/get/job`, byTag), { job_status: 'RUNNING', progress: 50 })
    t.match(await messageOf(server, `${B}/get/job`, { job_id: 1 }), /^Cannot find job 1: /)
  },

  Draining: async (t, server) => {
    const seen: string[] = []
    for (const ms of [9999, 1, 4999, 1, 29_999, 1]) {
      server.clock.advance(ms)
      seen.push(await messageOf(server, '/has/table', TABLE))
    }
    const [draining, offline] = ['Unavailable: Draining HA queue', 'Kinetica is offline']
    t.strictSame(seen, ['', draining, draining, offline, offline, ''])
    t.equal(await messageOf(server, `${B}/has/table`, TABLE), '')
  },

  'The page of a proxy': async (t, server) => {
    for (const line of ['HTTP/1.1 502 Bad Gateway', 'HTTP/1.1 200 OK']) {
      const { statusLine, head, body } = await ask(server)
      t.equal(statusLine, line)
      t.match(head, /^content-type: text\/html/im)
      t.match(body, /^<html>/)
    }
    await isWhole(t, server)
  },
}

function yamlOf(heading: string): string {
  return /```yaml\n(.*?)```/s.exec(sections.get(heading) ?? '')?.[1] ?? ''
}

t.test('every section of docs/faults.md with an example is tested', async (t) => {
  const headings = [...sections.keys()].filter((heading) => yamlOf(heading) !== '')
  t.strictSame(headings, Object.keys(EXAMPLES))
})

for (const [heading, check] of Object.entries(EXAMPLES)) {
  t.test(`docs/faults.md, ${heading}: the example behaves as described`, async (t) => {
    await check(t, await serve(t, yamlOf(heading)))
  })
}
