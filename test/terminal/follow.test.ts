import { getEventListeners } from 'node:events'
import t from 'tap'
import type { BriefRequestDocument } from '../../src/control/recorded-request.ts'
import {
  ControlClient,
  type ListQuery,
  type RequestPage,
} from '../../src/terminal/control-client.ts'
import { followRequests } from '../../src/terminal/follow-requests.ts'
import { printLines } from '../../src/terminal/output.ts'
import { takeSnapshot } from '../../src/terminal/status-snapshot.ts'
import { watchStatus } from '../../src/terminal/watch-status.ts'
import { ManualTime } from '../support/clocks.ts'
import { startControlled } from '../support/control.ts'
import {
  eventText,
  type FakeAnswer,
  type FakeControl,
  startFakeControl,
} from '../support/fake-control.ts'
import { type FakeContext, FakeOutput, fakeContext } from '../support/fake-output.ts'
import { nextTurn } from '../support/next-turn.ts'
import { START_MS as SERVER_START_MS } from '../support/server.ts'

const START_MS = 4_102_444_800_000

function requestOf(id: number, given: Partial<BriefRequestDocument> = {}): object {
  return {
    id,
    at_ms: START_MS,
    endpoint: '/has/table',
    status: 200,
    error: '',
    rule: `rule-${id}`,
    fault: [],
    unmatched: false,
    nearest: null,
    decoded: true,
    interrupted: false,
    job_id: null,
    job_status: null,
    ...given,
  }
}

function pageOf(...requests: readonly object[]): FakeAnswer {
  return { json: { requests, total: requests.length, dropped: 0 } }
}

function hello(given: object = {}): string {
  const known = { instance: 'one', exists: true, generation: 1, last_request: 0 }
  return eventText('hello', { ...known, ...given })
}

const CHANGED = eventText('changes', { requests: [1, 1] })

const NO_SCOPE: FakeAnswer = {
  json: { type: 'urn:mock-gpudb:SCOPE_NOT_FOUND', code: 'SCOPE_NOT_FOUND', detail: 'no scope' },
  status: 404,
}

const UNAUTHORIZED: FakeAnswer = {
  json: { type: 'urn:mock-gpudb:UNAUTHORIZED', code: 'UNAUTHORIZED', detail: 'no' },
  status: 401,
}

const REQUESTS = '/__mock/requests'

function clientOf(url: string, { time }: FakeContext): ControlClient {
  return new ControlClient({ url, scope: 'default' }, time)
}

/** Follows the requests of a fake; its first stream is open. */
async function startFollowing(
  fake: FakeControl,
  context: FakeContext,
  choice: {
    readonly json?: boolean
    readonly unmatched?: boolean
    readonly endpoint?: string
  } = {},
) {
  const opened = fake.stream()
  const ended = followRequests(clientOf(fake.url, context), {
    limit: 10,
    json: false,
    ...choice,
    context,
  })
  return { stream: await opened, ended }
}

t.test('followRequests() prints the last requests, and then each new one', async (t) => {
  const fake = await startFakeControl(t, { answers: { [REQUESTS]: pageOf(requestOf(7)) } })
  const context = fakeContext()
  const { stream, ended } = await startFollowing(fake, context, { endpoint: '/has/*' })
  stream.write(hello({ last_request: 8 }))
  await context.stdout.until('rule-7')
  fake.answers.set(REQUESTS, pageOf(requestOf(9), requestOf(10)))
  stream.write(`: \n\n${eventText('changes', { jobs: true })}${CHANGED}`)
  await context.stdout.until('rule-10')
  context.end()
  await ended
  t.equal(
    context.stdout.text,
    '   ID  TIME          ENDPOINT                  HTTP  ANSWER\n' +
      '    7  00:00:00.000  /has/table                 200  rule rule-7\n' +
      '    9  00:00:00.000  /has/table                 200  rule rule-9\n' +
      '   10  00:00:00.000  /has/table                 200  rule rule-10\n',
  )
  t.equal(context.stderr.text, '')
  t.strictSame(fake.asked, [
    '/__mock/events',
    '/__mock/requests?endpoint=%2Fhas%2F*&brief=true&order=newest&limit=10',
    '/__mock/requests?brief=true&order=newest&after=8&limit=1',
    '/__mock/requests?endpoint=%2Fhas%2F*&brief=true&after=8&limit=100',
  ])
  t.equal(getEventListeners(context.signal, 'abort').length, 0)
})

t.test('followRequests() prints documents with every digit, and only unmatched ones', async (t) => {
  const large =
    '{"requests":[{"id":1,"unmatched":true,"job_id":9223372036854775807,"x":"\\u001b\u202e"}],"total":1}'
  const fake = await startFakeControl(t, { answers: { [REQUESTS]: { text: large } } })
  const context = fakeContext()
  const { stream, ended } = await startFollowing(fake, context, { json: true, unmatched: true })
  stream.write(hello({ last_request: 2 }))
  await context.stdout.until('\n')
  const line = '{"id":1,"unmatched":true,"job_id":9223372036854775807,"x":"\\u001b\\u202e"}\n'
  t.equal(context.stdout.text, line)
  stream.write(CHANGED)
  await context.stdout.until(`${line}${line}`)
  context.end()
  await ended
  t.equal(fake.asked.at(-1), '/__mock/requests?unmatched=true&after=2&limit=100')
})

/** What is printed when the requests 6 to 12 came after 5, and then 13, and a page has an answer. */
async function printedOf(
  t: { teardown(handler: () => unknown): void },
  page: FakeAnswer,
  choice: { readonly json?: boolean; readonly unmatched?: boolean; readonly endpoint?: string },
): Promise<string[]> {
  const fake = await startFakeControl(t, { answers: { [REQUESTS]: pageOf() } })
  const context = fakeContext()
  const { stream, ended } = await startFollowing(fake, context, choice)
  stream.write(hello({ last_request: 5 }))
  while (fake.asked.length < 2) await nextTurn()
  fake.answers.set(REQUESTS, page)
  stream.write(eventText('changes', { requests: [6, 12] }))
  await context.stdout.until('skipped')
  fake.answers.set(REQUESTS, pageOf(requestOf(13)))
  stream.write(eventText('changes', { requests: [13, 13] }))
  await context.stdout.until(/rule-13|:13/)
  context.end()
  await ended
  const lines = context.stdout.text.trimEnd().split('\n')
  return lines.map((line) => line.replace(/^ +(\d+) .*/, '$1').replace(/^({"id":\d+).*/, '$1}'))
}

t.test('followRequests() says how many requests the journal no longer holds', async (t) => {
  const skipped = (text: string) => `skipped ${text} that the journal no longer holds`
  const two = pageOf(requestOf(11), requestOf(12))
  const titles = '   ID  TIME          ENDPOINT                  HTTP  ANSWER'
  t.strictSame(
    await printedOf(t, two, {}),
    [titles, skipped('5 requests'), '11', '12', '13'],
    'the ids have a gap',
  )
  t.strictSame(await printedOf(t, pageOf(), {}), [titles, skipped('7 requests'), '13'])
  t.strictSame(await printedOf(t, two, { json: true }), [
    '{"skipped":5}',
    '{"id":11}',
    '{"id":12}',
    '{"id":13}',
  ])
  const six = { json: { requests: [requestOf(12)], total: 6, dropped: 6 } }
  for (const choice of [{ unmatched: true }, { endpoint: '/has/*' }]) {
    t.strictSame(await printedOf(t, six, choice), [titles, skipped('1 request'), '12', '13'])
    t.strictSame(await printedOf(t, pageOf(), choice), [titles, skipped('7 requests'), '13'])
  }
})

t.test('followRequests() ends if the reader leaves at requests that were skipped', async (t) => {
  const fake = await startFakeControl(t, { answers: { [REQUESTS]: pageOf() } })
  const context = fakeContext()
  const { stream, ended } = await startFollowing(fake, context)
  stream.write(hello())
  await context.stdout.until('ANSWER')
  context.stdout.lost = new Error('write EPIPE')
  fake.answers.set(REQUESTS, pageOf(requestOf(2)))
  stream.write(eventText('changes', { requests: [1, 2] }))
  await ended
  t.notMatch(context.stdout.text, 'rule-2')
})

t.test('followRequests() fetches page after page', async (t) => {
  const fake = await startFakeControl(t, { answers: { [REQUESTS]: pageOf() } })
  const context = fakeContext()
  const { stream, ended } = await startFollowing(fake, context)
  stream.write(hello())
  await context.stdout.until('ANSWER')
  const many = Array.from({ length: 100 }, (_, index) => requestOf(index + 1))
  fake.answers.set(REQUESTS, pageOf(...many))
  context.stdout.once('text', () => fake.answers.set(REQUESTS, pageOf(requestOf(101))))
  stream.write(CHANGED)
  await context.stdout.until('rule-101')
  // The request of an event may be removed before it is read.
  fake.answers.set(REQUESTS, pageOf())
  const asked = fake.asked.length
  stream.write(CHANGED)
  while (fake.asked.length === asked) await nextTurn()
  fake.answers.set(REQUESTS, pageOf(requestOf(102)))
  stream.write(CHANGED)
  await context.stdout.until('rule-102')
  t.match(fake.asked.at(-1), 'after=101&')
  context.end()
  await ended
  t.equal(context.stdout.text.match(/rule-\d+/g)?.length, 102)
})

t.test('followRequests() connects again, and begins anew with another process', async (t) => {
  const fake = await startFakeControl(t, { answers: { [REQUESTS]: pageOf(requestOf(5)) } })
  const context = fakeContext()
  const { stdout, stderr, time } = context
  const { stream, ended } = await startFollowing(fake, context)
  stream.write(hello({ last_request: 5 }))
  await stdout.until('rule-5')
  await fake.stop()
  await stderr.until('lost')
  // Nobody is there at first.
  while (time.waiting === 0) await nextTurn()
  time.pass(1000)
  while (time.waiting === 0 || fake.asked.length < 2) await nextTurn()
  const again = await startFakeControl(t, {
    port: fake.port,
    answers: { [REQUESTS]: pageOf(requestOf(6)) },
  })
  const opened = again.stream()
  time.pass(1000)
  while (again.asked.length === 0) {
    await nextTurn()
    time.pass(1000)
  }
  const same = await opened
  same.write(hello({ last_request: 6 }))
  await stdout.until('rule-6')
  t.equal(again.asked.at(-1), '/__mock/requests?brief=true&after=5&limit=100')
  same.end()
  await stderr.until(/lost[\s\S]*lost/)
  const reopened = again.stream()
  time.pass(1000)
  ;(await reopened).write(hello({ instance: 'two', last_request: 9 }))
  await stderr.until('started again')
  while (again.asked.length < 4) await nextTurn()
  t.equal(again.asked.at(-1), '/__mock/requests?brief=true&after=0&limit=100')
  context.end()
  await ended
  const { url } = fake
  t.strictSame(stderr.text.split('\n'), [
    `lost the connection to ${url}, connecting again`,
    `connected to ${url} again`,
    `lost the connection to ${url}, connecting again`,
    `connected to ${url} again: the mock was started again`,
    '',
  ])
})

t.test('followRequests() waits for a scope, and follows it after a reset', async (t) => {
  const fake = await startFakeControl(t, { answers: { [REQUESTS]: NO_SCOPE } })
  const context = fakeContext()
  const { stream, ended } = await startFollowing(fake, context)
  stream.write(hello({ exists: false, generation: null }))
  await context.stderr.until('the scope default does not exist yet\n')
  stream.write(CHANGED)
  while (fake.asked.length < 2) await nextTurn()
  fake.answers.set(REQUESTS, pageOf(requestOf(3)))
  stream.write(eventText('changes', { scope: 'created', requests: [1, 3] }))
  await context.stdout.until('rule-3')
  stream.write(eventText('changes', { scope: 'reset', requests: [1, 1] }))
  await context.stdout.until(/rule-3[\s\S]*rule-3/)
  t.strictSame(
    fake.asked.slice(2).map((path) => path.replace(/&limit.*/, '')),
    ['/__mock/requests?brief=true&after=0', '/__mock/requests?brief=true&after=0'],
  )
  context.end()
  await ended
})

t.test('followRequests() begins anew if the scope was reset while it was away', async (t) => {
  const fake = await startFakeControl(t, { answers: { [REQUESTS]: pageOf(requestOf(5)) } })
  const context = fakeContext()
  const { stdout, stderr, time } = context
  const { stream, ended } = await startFollowing(fake, context)
  const connectAgain = async (greeting: string) => {
    const opened = fake.stream()
    while (time.waiting === 0) await nextTurn()
    time.pass(1000)
    const next = await opened
    const asked = fake.asked.length
    next.write(greeting)
    while (fake.asked.length === asked) await nextTurn()
    return next
  }
  stream.write(hello({ last_request: 5 }))
  await stdout.until('rule-5')
  stream.end()
  await stderr.until('lost')
  // It has more requests than were printed before the reset.
  const second = await connectAgain(hello({ generation: 2, last_request: 9 }))
  second.write(eventText('changes', { scope: 'reset', generation: 3 }))
  second.write(CHANGED)
  fake.answers.set(REQUESTS, pageOf(requestOf(7)))
  await stdout.until('rule-7')
  second.end()
  await stderr.until(/lost[\s\S]*lost/)
  const third = await connectAgain(hello({ generation: 3, last_request: 8 }))
  third.end()
  await stderr.until(/(lost[\s\S]*){3}/)
  await connectAgain(hello({ exists: false, generation: null }))
  context.end()
  await ended
  t.strictSame(
    fake.asked.flatMap((path) => /after=\d+/.exec(path) ?? []),
    ['after=0', 'after=0', 'after=7', 'after=0'],
  )
})

t.test('followRequests() fails if there is no mock at first, or a token is missing', async (t) => {
  const fake = await startFakeControl(t, { answers: { '/__mock/events': UNAUTHORIZED } })
  const context = fakeContext()
  const options = { limit: 1, json: false, context }
  const client = clientOf(fake.url, context)
  await t.rejects(followRequests(client, options), { code: 'UNAUTHORIZED' })
  fake.answers.delete('/__mock/events')
  const { stream, ended } = await startFollowing(fake, context)
  stream.write(hello())
  await t.rejects(ended, { code: 'NO_MOCK' })
  fake.answers.set(REQUESTS, pageOf())
  const second = await startFollowing(fake, context)
  second.stream.write(hello())
  await context.stdout.until('ANSWER')
  fake.answers.set('/__mock/events', UNAUTHORIZED)
  second.stream.end()
  await context.stderr.until('lost')
  context.time.pass(1000)
  await t.rejects(second.ended, { code: 'UNAUTHORIZED' })
  t.equal(context.time.waiting, 0)
})

t.test('followRequests() ends when the reader leaves, or a signal comes meanwhile', async (t) => {
  const fake = await startFakeControl(t, { answers: { [REQUESTS]: pageOf(requestOf(1)) } })
  const left = fakeContext()
  left.stdout.lost = new Error('write EPIPE')
  const following = await startFollowing(fake, left)
  following.stream.write(hello())
  await following.ended
  const later = fakeContext()
  const second = await startFollowing(fake, later)
  second.stream.write(hello())
  await later.stdout.until('rule-1')
  later.stdout.lost = new Error('write EPIPE')
  second.stream.write(CHANGED)
  await second.ended
  const blocked = fakeContext()
  blocked.stdout.isRead = false
  const third = await startFollowing(fake, blocked)
  third.stream.write(hello())
  await blocked.stdout.until('rule-1')
  blocked.end()
  await third.ended
  t.notOk(await printLines([], { stdout: new FakeOutput(), signal: blocked.signal }))
})

t.test('followRequests() connects again if the mock is silent for 45 seconds', async (t) => {
  const fake = await startFakeControl(t, { answers: { [REQUESTS]: pageOf() } })
  const context = fakeContext()
  const { stream, ended } = await startFollowing(fake, context)
  stream.write(hello())
  await context.stdout.until('ANSWER')
  while (context.time.waiting !== 1) await nextTurn()
  context.time.pass(44_999)
  t.equal(context.stderr.text, '')
  context.time.pass(1)
  await context.stderr.until('lost')
  // While it waits for the next attempt, a signal ends it.
  context.end()
  await ended
  t.equal(context.time.waiting, 0)
})

/** The answers from which the status is read. */
function statusAnswers(clock: object = {}): Record<string, FakeAnswer> {
  const jobs_by_status = { RUNNING: 2, DONE: 2, ERROR: 2, CANCELLED: 2 }
  const counts = {
    jobs: 8,
    jobs_by_status,
    rules: 0,
    faults: 0,
    requests: 1,
    unmatched: 0,
    waited_in: false,
  }
  const now = { mode: 'frozen', now_ms: START_MS, next_change_at_ms: null, poll_advance_ms: 250 }
  return {
    '/__mock/health': { json: { status: 'ok', version: '0.1.0', uptime_ms: 1 } },
    '/__mock/scopes': { json: { scopes: [{ name: 'default', ...counts }] } },
    '/__mock/clock': { json: { ...now, ...clock } },
    [REQUESTS]: pageOf(requestOf(1)),
  }
}

/** Watches the status of a fake; its first stream is open and has begun. */
async function startWatching(fake: FakeControl, context: FakeContext, json = false) {
  const opened = fake.stream()
  const ended = watchStatus(clientOf(fake.url, context), { context, json })
  const stream = await opened
  stream.write(hello())
  return { stream, ended }
}

const BLOCK = (url: string) =>
  `mock-gpudb 0.1.0 at ${url}, scope default\n` +
  'clock     frozen, 2100-01-01 00:00:00.000, nothing ahead\n' +
  'jobs      2 RUNNING, 2 DONE, 2 ERROR, 2 CANCELLED\n' +
  'requests  1, 0 unmatched\n\n' +
  'SCOPE    JOBS  RULES  FAULTS  REQUESTS  UNMATCHED\n' +
  'default     8      0       0         1          0\n\n' +
  '   ID  TIME          ENDPOINT                  HTTP  ANSWER\n' +
  '    1  00:00:00.000  /has/table                 200  rule rule-1\n'

t.test(
  'watchStatus() prints a block for each change to an output that is no terminal',
  async (t) => {
    const fake = await startFakeControl(t, { answers: statusAnswers() })
    const context = fakeContext()
    const { stdout } = context
    const { stream, ended } = await startWatching(fake, context)
    await stdout.until('rule-1')
    // Nothing that is shown has changed.
    stream.write(CHANGED)
    const asked = fake.asked.length
    while (fake.asked.length < 2 * asked - 1) await nextTurn()
    fake.answers.set(REQUESTS, pageOf(requestOf(2), requestOf(1)))
    stream.write(CHANGED)
    await stdout.until('rule-2')
    context.end()
    await ended
    const block = BLOCK(fake.url)
    t.equal(
      stdout.text,
      `${block}\n${block}    2  00:00:00.000  /has/table                 200  rule rule-2\n`,
    )
  },
)

t.test('watchStatus() prints a line of JSON for each change, also on a terminal', async (t) => {
  const fake = await startFakeControl(t, { answers: statusAnswers() })
  const context = fakeContext({ columns: 80, rows: 24 })
  const { stream, ended } = await startWatching(fake, context, true)
  await context.stdout.until('\n')
  fake.answers.set('/__mock/scopes', { json: { scopes: [] } })
  fake.answers.set('/__mock/clock', NO_SCOPE)
  stream.write(CHANGED)
  await context.stdout.until(/\n[\s\S]+\n/)
  context.end()
  await ended
  const [first = '', second = '', rest] = context.stdout.text.split('\n')
  t.match(JSON.parse(first), {
    url: fake.url,
    scope: 'default',
    jobs: { RUNNING: 2 },
    requests: [{ id: 1 }],
    unmatched: [],
  })
  t.match(JSON.parse(second), { clock: null, jobs: { RUNNING: 0 }, requests: [] })
  t.equal(rest, '')
})

/** A client after whose calls for the newest requests something happens. */
class MeddledClient extends ControlClient {
  readonly #happen: () => Promise<unknown>
  asked = 0

  constructor(url: string, happen: () => Promise<unknown>) {
    super({ url, scope: 'default' }, new ManualTime(0))
    this.#happen = happen
  }

  override async requests(query: ListQuery): Promise<RequestPage> {
    const page = await super.requests(query)
    if (query['unmatched'] === undefined) {
      this.asked += 1
      await this.#happen()
    }
    return page
  }
}

t.test(
  'takeSnapshot() reads again what changed while it was read, up to three times',
  async (t) => {
    const server = await startControlled(t)
    const { must, post, url } = server
    const duration = '1s'
    await must('POST /jobs', { endpoint: '/alter/table', lifecycle: { duration } })
    const once = (act: () => Promise<unknown>) => {
      let isOver = false
      return new MeddledClient(url, async () => {
        if (!isOver) await act()
        isOver = true
      })
    }
    const numbers = async (client: MeddledClient) => {
      const { clock, jobs, scopes, requests, unmatched } = await takeSnapshot(client)
      const { RUNNING, DONE } = jobs
      const known = [scopes[0]?.jobs, scopes[0]?.requests, requests.length, unmatched.length]
      return [RUNNING, DONE, clock?.next_change_at_ms, ...known]
    }
    const quiet = new MeddledClient(url, async () => {})
    t.strictSame(await numbers(quiet), [1, 0, SERVER_START_MS + 1000, 1, 0, 0, 0])
    t.equal(quiet.asked, 1)
    const ending = once(() => must('POST /clock/next'))
    t.strictSame(await numbers(ending), [0, 1, null, 1, 0, 0, 0])
    t.equal(ending.asked, 2)
    const calling = once(() => post('/has/table', { table_name: 'a' }))
    t.strictSame(await numbers(calling), [0, 1, null, 1, 1, 1, 1])
    const creating = once(() =>
      must('POST /jobs', { endpoint: '/alter/table', lifecycle: { steps: [{ hold: true }] } }),
    )
    t.strictSame(await numbers(creating), [1, 1, null, 2, 1, 1, 1])
    const finishing = once(() => must('POST /jobs/2/finish', { outcome: 'DONE' }))
    t.strictSame(await numbers(finishing), [0, 2, null, 2, 1, 1, 1])
    const busy = new MeddledClient(url, () => post('/has/table', { table_name: 'a' }))
    await takeSnapshot(busy)
    t.equal(busy.asked, 3)
    await must('POST /clock', { mode: 'real' })
    const later = new MeddledClient(url, async () => server.time.pass(5))
    t.strictSame(await numbers(later), [0, 2, null, 2, 4, 4, 4])
    t.equal(later.asked, 1, 'time that passes is no change')
  },
)

t.test('takeSnapshot() shows nothing of a scope that is removed meanwhile', async (t) => {
  const server = await startControlled(t)
  await server.must('PUT /scopes/suite-a')
  class Removed extends ControlClient {
    override async requests(query: ListQuery): Promise<RequestPage> {
      const page = await super.requests(query)
      await server.must('DELETE /scopes/suite-a')
      return page
    }
  }
  await server.must('POST /jobs', { endpoint: '/alter/table' }, 'suite-a')
  const target = { url: server.url, scope: 'suite-a' }
  const status = await takeSnapshot(new Removed(target, new ManualTime(0)))
  t.match(status, { clock: null, jobs: { RUNNING: 0 }, requests: [] })
  t.strictSame(
    status.scopes.map(({ name }) => name),
    ['default'],
  )
})

/** What a terminal shows last, as lines without escape sequences. */
function lastScreen(text: string): string[] {
  const screen = text.slice(text.lastIndexOf('\u001b[H'))
  return screen.replace(/\p{Cc}\[\??\d*[A-Za-z]/gu, '').split('\n')
}

t.test('watchStatus() draws on the alternate screen of a terminal, and leaves it', async (t) => {
  const clock = { mode: 'scaled', scale: 60, next_change_at_ms: START_MS + 90_000 }
  const fake = await startFakeControl(t, { answers: statusAnswers(clock) })
  const context = fakeContext({ columns: 60, rows: 9 })
  const { stdout, time } = context
  const { stream, ended } = await startWatching(fake, context)
  await stdout.until('SCOPE')
  t.ok(stdout.text.startsWith('\u001b[?1049h\u001b[?25l\u001b[?7l'))
  const [, second, , , , , , , last] = lastScreen(stdout.text)
  t.equal(
    second,
    `${'clock     60x, 2100-01-01 00:00:00.000, next change in 1m 30s'.slice(0, 59)}…`,
  )
  t.equal(last, '…', 'the screen is too low for the rest')
  // Without any event, the time runs, and the size of the terminal may change.
  stdout.terminal = { columns: 0, rows: 0 }
  time.pass(1000)
  t.equal(lastScreen(stdout.text)[1], 'clock     60x, 2100-01-01 00:01:00.000, next change in 30s')
  t.match(lastScreen(stdout.text).at(-1), 'rule-1')
  fake.answers.set('/__mock/health', 'reset')
  const asked = fake.asked.length
  stream.write(CHANGED)
  while (fake.asked.length === asked) await nextTurn()
  stream.end()
  await stdout.until('lost the connection')
  t.match(lastScreen(stdout.text)[2], 'mock-gpudb 0.1.0')
  fake.answers.set('/__mock/health', { json: { version: '0.2.0', uptime_ms: 1 } })
  const opened = fake.stream()
  time.pass(1000)
  ;(await opened).write(hello())
  await stdout.until('mock-gpudb 0.2.0')
  t.match(lastScreen(stdout.text)[0], 'mock-gpudb 0.2.0')
  context.end()
  await ended
  t.ok(stdout.text.endsWith('\u001b[?7h\u001b[?25h\u001b[?1049l'))
  t.equal(context.stderr.text, '')
  t.equal(time.waiting, 0)
})

t.test('watchStatus() on a frozen clock shows the same time until something changes', async (t) => {
  const fake = await startFakeControl(t, { answers: statusAnswers({ mode: 'frozen' }) })
  const context = fakeContext({ columns: 80, rows: 24 })
  const { stream, ended } = await startWatching(fake, context)
  context.time.pass(1000)
  await context.stdout.until('SCOPE')
  context.time.pass(5000)
  t.match(lastScreen(context.stdout.text)[1], '00:00:00.000')
  fake.answers.set('/__mock/clock', NO_SCOPE)
  stream.write(CHANGED)
  await context.stdout.until('does not exist')
  context.time.pass(1000)
  context.stdout.lost = new Error('write EIO')
  stream.write(CHANGED)
  await ended
})

t.test('watchStatus() shows the time of a real clock', async (t) => {
  const fake = await startFakeControl(t, { answers: statusAnswers({ mode: 'real' }) })
  const context = fakeContext({ columns: 80, rows: 24 })
  const { ended } = await startWatching(fake, context)
  await context.stdout.until('SCOPE')
  context.time.pass(2000)
  t.match(lastScreen(context.stdout.text)[1], 'real, 2100-01-01 00:00:02.000')
  context.end()
  await ended
})

t.test('watchStatus() leaves the screen if there is no mock', async (t) => {
  const fake = await startFakeControl(t)
  const context = fakeContext({ columns: 80, rows: 24 })
  const { ended } = await startWatching(fake, context)
  await t.rejects(ended, { code: 'NO_MOCK', message: / answers 404; with --control-port/ })
  t.ok(context.stdout.text.endsWith('\u001b[?1049l'))
  for (const path of ['/__mock/health', '/__mock/scopes']) {
    fake.answers.set(path, { json: { version: '1', uptime_ms: 1, scopes: [] } })
  }
  const without = await startWatching(fake, fakeContext())
  await t.rejects(without.ended, { code: 'NO_MOCK', message: /GET \/__mock\/clock answers 404/ })
  const plain = fakeContext()
  plain.stdout.lost = new Error('write EPIPE')
  for (const [path, answer] of Object.entries(statusAnswers())) fake.answers.set(path, answer)
  await (await startWatching(fake, plain)).ended
})
