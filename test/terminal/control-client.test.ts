import { createServer } from 'node:net'
import t from 'tap'
import { AddressError, readAddress } from '../../src/terminal/control-address.ts'
import { ControlClient } from '../../src/terminal/control-client.ts'
import { ControlFailure, describeError } from '../../src/terminal/control-failure.ts'
import { listNewestRequests } from '../../src/terminal/newest-requests.ts'
import { ManualTime } from '../support/clocks.ts'
import { type FakeAnswer, startFakeControl } from '../support/fake-control.ts'
import { nextTurn } from '../support/next-turn.ts'

for (const [text, url, scope] of [
  ['http://localhost:9191', 'http://localhost:9191'],
  ['localhost:9191', 'http://localhost:9191'],
  ['https://mock.example/', 'https://mock.example'],
  ['http://localhost:9191/__mock/', 'http://localhost:9191'],
  ['http://localhost:9191/__mock', 'http://localhost:9191'],
  ['http://h/~suite-a', 'http://h', 'suite-a'],
  ['http://h/~suite-a/__mock/#jobs', 'http://h', 'suite-a'],
  ['http://h/~suite-a~b', 'http://h', 'suite-a'],
  ['http://h/proxy/mock/~a/', 'http://h/proxy/mock', 'a'],
  ['http://h/~ann/mock/~a', 'http://h/~ann/mock', 'a'],
  ['HTTP://H:80/proxy?x=1', 'http://h/proxy'],
] as const) {
  t.test(`readAddress() reads ${text}`, async (t) => {
    t.strictSame(readAddress(text), { url, ...(scope === undefined ? {} : { scope }) })
  })
}

for (const [text, message] of [
  ['ftp://h', 'Cannot use the URL "ftp://h": expected http:// or https://'],
  ['', 'Cannot use the URL "": it is no URL'],
  ['h:9191/~a/~b', 'Cannot use the URL "h:9191/~a/~b": it names two scopes, "a" and "b"'],
  [
    'h/~a~c/~b~c/__mock/',
    'Cannot use the URL "h/~a~c/~b~c/__mock/": it names two scopes, "a" and "b"',
  ],
  ['http://h:99999', 'Cannot use the URL "http://h:99999": it is no URL'],
  [
    'http://ann:hunter2@h/x',
    'Cannot use the URL "http://h/x": give a token with --token or --token-file',
  ],
  [
    'http://:hunter2@h',
    'Cannot use the URL "http://h/": give a token with --token or --token-file',
  ],
] as const) {
  t.test(`readAddress() rejects ${text}`, async (t) => {
    t.throws(() => readAddress(text), { code: 'BAD_ADDRESS', message })
    t.throws(() => readAddress(text), AddressError)
  })
}

const TARGET = { scope: 'default' }
const NOT_FOUND = {
  type: 'urn:mock-gpudb:SCOPE_NOT_FOUND',
  code: 'SCOPE_NOT_FOUND',
  detail: 'Cannot find the scope x',
}
const UNAUTHORIZED = { type: 'urn:mock-gpudb:UNAUTHORIZED', code: 'UNAUTHORIZED', detail: 'no' }

const FAILURES: readonly {
  readonly answer: FakeAnswer
  readonly token?: string
  readonly message: RegExp
  readonly failure: object
}[] = [
  {
    answer: { json: NOT_FOUND, status: 404 },
    message: /^Cannot find the scope x$/,
    failure: { code: 'PROBLEM', problem: 'SCOPE_NOT_FOUND' },
  },
  {
    answer: { json: UNAUTHORIZED, status: 401 },
    message: / needs a token: give it with --token, --token-file or MOCK_GPUDB_TOKEN$/,
    failure: { code: 'UNAUTHORIZED', problem: '' },
  },
  {
    answer: { json: UNAUTHORIZED, status: 401 },
    token: 't',
    message: / rejects the token: give another one with --token or --token-file$/,
    failure: { code: 'UNAUTHORIZED' },
  },
  {
    answer: { text: '<h1>Sign in</h1>', status: 401 },
    message: / is no mock-gpudb: GET \/__mock\/clock answers 401$/,
    failure: { code: 'NO_MOCK' },
  },
  {
    answer: { text: 'Kinetica is running!' },
    message: / is no mock-gpudb: GET \/__mock\/clock answers 200$/,
    failure: { code: 'NO_MOCK' },
  },
  {
    answer: { json: { mode: 'real' } },
    message: / is no mock-gpudb: GET \/__mock\/clock answers 200$/,
    failure: { code: 'NO_MOCK' },
  },
  {
    answer: { json: null },
    message: / is no mock-gpudb: /,
    failure: { code: 'NO_MOCK' },
  },
  {
    answer: { json: { status: 'ERROR' }, status: 404 },
    message: / answers 404; with --control-port, its control API is there$/,
    failure: { code: 'NO_MOCK' },
  },
  {
    answer: 'reset',
    message: / does not answer: socket hang up$/,
    failure: { code: 'NO_ANSWER' },
  },
]

for (const { answer, token, message, failure } of FAILURES) {
  t.test(`ControlClient fails if the answer is ${JSON.stringify(answer)}`, async (t) => {
    const { url } = await startFakeControl(t, { answers: { '/__mock/clock': answer } })
    const client = new ControlClient({ ...TARGET, url, token }, new ManualTime(0))
    const error: unknown = await client.clock().catch((reason: unknown) => reason)
    t.ok(error instanceof ControlFailure)
    t.match(error, { ...failure, message })
  })
}

t.test('ControlClient sends token, scope and query', async (t) => {
  const jobs = { jobs: [], total: 0 }
  const answers = { '/~suite-a/__mock/jobs': { json: jobs } }
  const { url, asked, headers } = await startFakeControl(t, { answers })
  const target = { url, scope: 'suite-a', token: 't0ken' }
  const client = new ControlClient(target, new ManualTime(0))
  t.strictSame(
    await client.jobs({ endpoint: '/a&b*', limit: 3, brief: true, status: undefined }),
    jobs,
  )
  t.strictSame(asked, ['/~suite-a/__mock/jobs?endpoint=%2Fa%26b*&limit=3&brief=true'])
  t.equal(headers()['authorization'], 'Bearer t0ken')
})

t.test('ControlClient waits ten seconds for an answer, and then for its end', async (t) => {
  const time = new ManualTime(0)
  const fake = await startFakeControl(t, { answers: { '/__mock/clock': 'silence' } })
  const client = new ControlClient({ ...TARGET, url: fake.url }, time)
  const head = client.clock()
  time.pass(9999)
  t.equal(time.waiting, 1)
  time.pass(1)
  await t.rejects(head, { message: / does not answer: no answer within 10000 ms$/ })
  const opened = fake.stream()
  const events = await client.events(new AbortController().signal)
  ;(await opened).write('x')
  t.equal(time.waiting, 0, 'a stream has no end')
  events.destroy()
})

t.test('ControlClient gives up half an answer, and one without an end', async (t) => {
  const timers: (() => void)[] = []
  const time = {
    now: () => 0,
    startTimer: (_ms: number, callback: () => void) => {
      timers.push(callback)
      return () => undefined
    },
  }
  const answers = { '/__mock/clock': 'half', '/__mock/scopes': 'endless' } as const
  const { url } = await startFakeControl(t, { answers })
  const client = new ControlClient({ ...TARGET, url }, time)
  const half = client.clock()
  // The first one is for the head.
  while (timers.length < 2) await nextTurn()
  timers[1]?.()
  await t.rejects(half, { code: 'NO_ANSWER', message: /no whole answer within 10000 ms$/ })
  await t.rejects(client.scopes(), { message: /its answer is too large$/ })
})

t.test('ControlClient fails without a server, and with one that is not of HTTP', async (t) => {
  const other = createServer((socket) => socket.end('SSH-2.0-x\r\n'))
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = Object(other.address())
  const ssh = new ControlClient({ ...TARGET, url: `http://127.0.0.1:${port}` }, new ManualTime(0))
  await t.rejects(ssh.clock(), { code: 'NO_ANSWER', message: /does not answer: Parse Error/ })
  const { url, stop } = await startFakeControl(t)
  await stop()
  const client = new ControlClient({ ...TARGET, url }, new ManualTime(0))
  await t.rejects(client.clock(), { code: 'NO_ANSWER', message: /ECONNREFUSED/ })
})

t.test('describeError() finds the message of an error of several addresses', async (t) => {
  t.equal(describeError(new Error('x')), 'x')
  t.equal(describeError(new AggregateError([new Error('first'), new Error('second')])), 'first')
  t.equal(
    describeError(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })),
    'ECONNREFUSED',
  )
})

t.test('events() fails if the answer is no stream', async (t) => {
  const answers = { '/__mock/events': { json: NOT_FOUND, status: 404 } }
  const { url } = await startFakeControl(t, { answers })
  const client = new ControlClient({ ...TARGET, url }, new ManualTime(0))
  const events = client.events(new AbortController().signal)
  await t.rejects(events, { code: 'PROBLEM', message: 'Cannot find the scope x' })
})

t.test(
  'listNewestRequests() asks for the newest ones, and returns the oldest of them first',
  async (t) => {
    const queries: unknown[] = []
    const client = {
      requests: async (query: object) => {
        queries.push(query)
        return { requests: [{ id: 9 }, { id: 8 }], total: 20, dropped: 4 }
      },
    }
    const choice = { limit: 2, unmatched: true, endpoint: '/has/*', brief: true }
    const found = await listNewestRequests(Object(client), choice)
    t.strictSame(found, { requests: [{ id: 8 }, { id: 9 }], total: 20, dropped: 4 })
    t.strictSame(queries, [{ ...choice, order: 'newest' }])
  },
)
