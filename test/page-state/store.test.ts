import t from 'tap'
import { act } from '../../src/page-state/act.ts'
import { Api, ApiError } from '../../src/page-state/api.ts'
import { CALLS } from '../../src/page-state/call.ts'
import { LiveEvents } from '../../src/page-state/live-events.ts'
import { readPlace } from '../../src/page-state/page-place.ts'
import { Store } from '../../src/page-state/store.ts'
import { nextTurn } from '../support/next-turn.ts'

const CLOCK = { mode: 'frozen', now_ms: 5000, next_change_at_ms: 6000, poll_advance_ms: 250 }
const HELLO = {
  instance: 'one',
  version: '0.1.0',
  scope: 'default',
  exists: true,
  clock: CLOCK,
  last_request: 0,
}

const DOCUMENTS: Readonly<Record<string, unknown>> = {
  scopes: { scopes: [{ name: 'default', unmatched: 3 }], limit: 100 },
  jobs: { jobs: [], total: 0 },
  'jobs/42': { job_id: 42 },
  requests: { requests: [{ id: 15 }], total: 1, dropped: 0 },
  rules: { rules: [] },
  'rules/rule-1': { id: 'rule-1' },
  faults: { faults: [] },
  clusters: { clusters: [] },
  timeline: { entries: [] },
  tables: { tables: [] },
  'tables/a%2Fb': { name: 'a/b' },
  report: { clean: true },
  clock: { ...CLOCK, mode: 'real' },
  'clock/advance': { ...CLOCK, now_ms: 6000 },
}

/** A store whose mock answers from a table, and what was asked since the last look. */
function makeStore({ token }: { readonly token?: string } = {}) {
  let asked: string[] = []
  let machineMs = 100
  const problems = new Map<string, { readonly code: string; readonly status: number }>()
  const api = new Api(async (url) => {
    asked.push(url)
    const path = url.replace(/\?.*/, '')
    const problem = problems.get(path)
    if (problem === undefined) return new Response(JSON.stringify(DOCUMENTS[path] ?? ''))
    const body = { code: problem.code, detail: `Cannot: ${path}` }
    return new Response(JSON.stringify(body), { status: problem.status })
  }, token)
  const place = readPlace({ origin: 'http://localhost:9191', pathname: '/__mock/' })
  const store = new Store({
    api,
    place,
    isReadOnly: false,
    pace: { now: () => machineMs, wait: async () => {} },
  })
  const events = new LiveEvents(store)
  return {
    store,
    events,
    problems,
    send: (event: string, data: object) => events.handle({ event, data: JSON.stringify(data) }),
    /** The paths that were asked for, without their queries. */
    asked: async () => {
      await settled()
      const paths = asked.map((url) => url.replace(/\?.*/, '')).sort()
      asked = []
      return paths
    },
    pass: (ms: number) => {
      machineMs += ms
    },
  }
}

/** Lets all answers arrive that can. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await nextTurn()
}

const ON_SCREEN = ['clusters', 'jobs', 'requests', 'scopes']

t.test('nothing is fetched before the first event, then what is on screen', async (t) => {
  const { store, send, asked } = makeStore()
  t.strictSame(await asked(), [])
  send('hello', HELLO)
  t.strictSame(await asked(), ON_SCREEN)
  t.equal(store.connection.value, 'live')
  t.equal(store.version.value, '0.1.0')
  t.equal(store.ownScope.value?.unmatched, 3)
  t.equal(store.notice.value, undefined)
})

t.test('events make the page fetch what they name, if it is on screen', async (t) => {
  const { store, send, asked } = makeStore()
  send('hello', HELLO)
  await asked()
  send('changes', { rules: true, scopes: true })
  t.strictSame(await asked(), ['scopes'])
  send('changes', { requests: [16, 19] })
  t.strictSame(await asked(), ['jobs', 'requests'])
  store.tab.value = 'rules'
  t.strictSame(await asked(), ['rules'])
  send('later', { any: 'thing' })
  t.strictSame(await asked(), [], 'an event of a later version is ignored')
})

t.test(
  'a hidden page fetches only what its title contains, and the rest when it is seen again',
  async (t) => {
    const { store, send, asked } = makeStore()
    send('hello', HELLO)
    await asked()
    store.isVisible.value = false
    send('changes', { requests: [16, 19], scopes: true })
    t.strictSame(await asked(), ['scopes'])
    store.isVisible.value = true
    t.strictSame(await asked(), ['jobs', 'requests'])
  },
)

t.test('each tab fetches its list when it is first opened', async (t) => {
  const { store, send, asked } = makeStore()
  send('hello', HELLO)
  await asked()
  for (const tab of ['rules', 'faults', 'timeline', 'tables'] as const) {
    store.tab.value = tab
    t.strictSame(await asked(), [tab])
  }
  store.tab.value = 'rules'
  t.strictSame(await asked(), [], 'nothing has changed')
})

t.test('a report is made when asked for, and marked when the scope changes', async (t) => {
  const { store, send, asked } = makeStore()
  send('hello', HELLO)
  store.tab.value = 'report'
  t.ok((await asked()).includes('report'))
  t.notOk(store.lists.report.isStale.value)
  send('changes', { jobs: true })
  t.notOk((await asked()).includes('report'))
  t.ok(store.lists.report.isStale.value)
})

t.test('filters fetch their list anew', async (t) => {
  const { store, send, asked } = makeStore()
  send('hello', HELLO)
  await asked()
  store.jobFilter.value = { status: 'DONE', offset: 0 }
  t.strictSame(await asked(), ['jobs'])
  store.requestFilter.value = { ...store.requestFilter.value, user: 'admin' }
  t.strictSame(await asked(), ['requests'])
})

const SELECTIONS = [
  ['jobs', '42', 'jobs/42'],
  ['rules', 'rule-1', 'rules/rule-1'],
  ['tables', 'a/b', 'tables/a%2Fb'],
  ['requests', '15', 'requests'],
] as const

t.test('the selected item is fetched with all its keys', async (t) => {
  const { store, send, asked } = makeStore()
  send('hello', HELLO)
  await asked()
  for (const [list, key, path] of SELECTIONS) {
    store.selection.value = { list, key }
    t.strictSame(await asked(), [path])
    t.strictSame(store.lists.details.document.value?.selection, { list, key })
  }
  send('changes', { jobs: true })
  t.ok((await asked()).includes('requests'), 'and again when something changes')
  store.selection.value = undefined
  t.strictSame(await asked(), [])
  t.equal(store.lists.details.document.value, undefined)
})

t.test('a request that the journal dropped, and an item of no list, are nothing', async (t) => {
  const { store, send, asked } = makeStore()
  send('hello', HELLO)
  for (const selection of [
    { list: 'requests', key: '9' },
    { list: 'requests', key: 'x' },
    { list: 'timeline', key: '1' },
  ] as const) {
    store.selection.value = selection
    t.equal(store.lists.details.document.value?.selection === selection, false, 'not fetched yet')
    await asked()
    t.match(store.lists.details.document.value, { selection, document: undefined })
  }
})

t.test('an item that is gone is no error, and one that cannot be read is no answer', async (t) => {
  const { store, send, problems, asked } = makeStore()
  send('hello', HELLO)
  const { details } = store.lists
  problems.set('jobs/42', { code: 'JOB_NOT_FOUND', status: 404 })
  store.selection.value = { list: 'jobs', key: '42' }
  await asked()
  t.match(details.document.value, { selection: { key: '42' }, document: undefined })
  t.equal(details.error.value, undefined)
  problems.set('jobs/42', { code: 'DEFECT', status: 500 })
  store.selection.value = { list: 'jobs', key: '42' }
  await asked()
  t.equal(details.error.value?.message, 'Cannot: jobs/42')
})

t.test('a page of a list knows the filter that it meets', async (t) => {
  const { store, send, asked } = makeStore()
  send('hello', HELLO)
  await asked()
  const { jobs, requests } = store.lists
  const filter = { status: 'DONE', offset: 0 }
  store.jobFilter.value = filter
  t.equal(jobs.document.value?.filter.status, '', 'not fetched yet')
  await asked()
  t.equal(jobs.document.value?.filter, filter)
  const of = { ...store.requestFilter.value, user: 'admin' }
  store.requestFilter.value = of
  await asked()
  t.equal(requests.document.value?.filter, of)
})

t.test('a restart of the mock is reported, and everything fetched again', async (t) => {
  const { store, events, send, asked } = makeStore()
  send('hello', HELLO)
  await asked()
  events.end(new ApiError('UNREACHABLE', 'no'))
  t.equal(store.connection.value, 'disconnected')
  send('hello', HELLO)
  await asked()
  t.equal(store.notice.value, undefined, 'the same mock')
  send('hello', { ...HELLO, instance: 'two' })
  t.equal(store.notice.value?.text, 'The mock was restarted')
  t.strictSame(await asked(), ON_SCREEN)
})

t.test('a scope that is removed and created again is empty meanwhile', async (t) => {
  const { store, problems, send, asked } = makeStore()
  send('hello', HELLO)
  await asked()
  problems.set('jobs', { code: 'SCOPE_NOT_FOUND', status: 404 })
  send('changes', { scope: 'removed' })
  await asked()
  t.notOk(store.exists.value)
  t.equal(store.clock.value, undefined)
  t.equal(store.lists.jobs.document.value, undefined)
  t.equal(store.notice.value?.text, 'The scope default was removed')
  store.tick()
  t.equal(store.nowMs.value, 0)
  problems.clear()
  send('changes', { scope: 'created', clock: CLOCK })
  await asked()
  t.ok(store.exists.value)
  t.equal(store.clock.value?.clock.now_ms, 5000)
  t.equal(store.lists.jobs.document.value?.total, 0)
})

t.test('the shown time follows the clock of the scope', async (t) => {
  const { store, send, pass } = makeStore()
  send('hello', { ...HELLO, clock: { ...CLOCK, mode: 'scaled', scale: 10 } })
  t.equal(store.nowMs.value, 5000)
  pass(200)
  store.tick()
  t.equal(store.nowMs.value, 7000)
  send('changes', { clock: { ...CLOCK, now_ms: 9000 } })
  pass(200)
  store.tick()
  t.equal(store.nowMs.value, 9000, 'frozen')
})

t.test('a verb shows its command and what came of it', async (t) => {
  const { store, send, asked } = makeStore()
  send('hello', HELLO)
  await asked()
  await act(store, CALLS.advance('1s'), 'Advanced the clock by 1s')
  t.strictSame(store.notice.value, {
    kind: 'done',
    text: 'Advanced the clock by 1s',
    curl: `curl -s http://localhost:9191/__mock/clock/advance -d '{ "by": "1s" }'`,
  })
  t.equal(store.clock.value?.clock.now_ms, 6000, 'at once, without the event')
  t.strictSame(await asked(), ['clock/advance', ...ON_SCREEN].sort())
})

t.test('the answer of a verb does not replace a clock that an event brought', async (t) => {
  const { store, events, send, asked } = makeStore()
  send('hello', HELLO)
  const advanced = act(store, CALLS.advance('1s'), 'Advanced the clock by 1s')
  send('changes', { clock: { ...CLOCK, now_ms: 9000 } })
  await advanced
  t.equal(store.clock.value?.clock.now_ms, 9000)
  const late = act(store, CALLS.advance('1s'), 'Advanced the clock by 1s')
  send('changes', { clock: CLOCK })
  events.end(undefined)
  await late
  t.equal(store.clock.value?.clock.now_ms, 6000, 'without a stream no event follows')
  await asked()
})

t.test('the notice of a reset keeps its command, whichever comes first', async (t) => {
  const { store, send, asked } = makeStore()
  send('hello', HELLO)
  const curl = 'curl -s -X POST http://localhost:9191/__mock/reset'
  await act(store, CALLS.reset(), 'Reset the scope default')
  send('changes', { scope: 'reset' })
  t.match(store.notice.value, { text: 'Reset the scope default', curl })
  store.notice.value = undefined
  const reset = act(store, CALLS.reset(), 'Reset the scope default')
  send('changes', { scope: 'reset' })
  t.match(store.notice.value, { text: 'The scope default was reset' })
  await reset
  t.match(store.notice.value, { text: 'Reset the scope default', curl })
  send('changes', { scope: 'removed' })
  t.match(store.notice.value, { text: 'The scope default was removed' })
  await asked()
})

t.test('a verb that fails shows the detail of the problem', async (t) => {
  const { store, problems } = makeStore()
  problems.set('jobs/42/release', { code: 'JOB_NOT_HELD', status: 409 })
  t.equal(await act(store, CALLS.release('42'), 'Released job 42'), undefined)
  t.match(store.notice.value, { kind: 'failed', text: 'Cannot: jobs/42/release' })
  t.equal(store.tokenPrompt.value, undefined)
  const broken: Store['api']['send'] = () => Promise.reject(new RangeError('a defect'))
  Object.defineProperty(store.api, 'send', { value: broken })
  await t.rejects(act(store, CALLS.release('42'), ''), { message: 'a defect' })
})

t.test('the token is asked for when the mock rejects a call', async (t) => {
  const without = makeStore()
  without.events.end(new ApiError('UNAUTHORIZED', 'no'))
  t.equal(without.store.tokenPrompt.value, 'This mock requires its token')
  t.equal(without.store.connection.value, 'connecting')
  const wrong = makeStore({ token: 'x' })
  wrong.problems.set('reset', { code: 'UNAUTHORIZED', status: 401 })
  await act(wrong.store, CALLS.reset(), '')
  t.equal(wrong.store.tokenPrompt.value, 'The mock rejects this token')
  t.match(wrong.store.notice.value?.curl, 'Bearer $MOCK_GPUDB_TOKEN')
})
