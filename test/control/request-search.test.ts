import t from 'tap'
import { doAtOnce, doInTurns, type Steps } from '../../src/control/steps.ts'
import { RequestFeed } from '../../src/control/wait-for-requests.ts'
import type { Journal } from '../../src/scope/journal.ts'
import { alterTable, type Controlled, startControlled } from '../support/control.ts'
import { nextTurn } from '../support/next-turn.ts'

/** Counts how often the bodies of recorded requests are read, by endpoint. */
function countReads(journal: Journal): Map<string, number> {
  const reads = new Map<string, number>()
  const find = journal.find.bind(journal)
  journal.find = (id) => {
    const entry = find(id)
    if (entry === undefined) return undefined
    const { body, endpoint } = entry
    return Object.defineProperty(entry, 'body', {
      get: () => {
        reads.set(endpoint, (reads.get(endpoint) ?? 0) + 1)
        return body
      },
    })
  }
  return reads
}

const HAS_A = { endpoint: '/has/table', request: { table_name: 'a' } }

t.test('a search decodes only requests of the endpoint, each once', async (t) => {
  const server = await startControlled(t)
  for (const table_name of ['a', 'b', 'a']) await server.call('/has/table', { table_name })
  for (const tag of ['x', 'y']) await server.call('/create/job', alterTable(tag))
  await server.post('/has/table', 'no JSON')
  const reads = countReads(server.scope.journal)
  t.match(await server.must('POST /requests/count', { when: HAS_A }), { count: 2 })
  t.strictSame(Object.fromEntries(reads), { '/has/table': 4 })
  reads.clear()
  const job = { endpoint: '/alter/table', as: 'job', request: { action: 'ttl' } }
  t.match(await server.must('POST /requests/count', { when: job }), { count: 2 })
  t.strictSame(Object.fromEntries(reads), { '/create/job': 2 })
  reads.clear()
  const times = { at_least: 1 }
  const never = { endpoint: '/has/table', request: { table_name: 'z' } }
  t.match(await server.control('POST /requests/verify', { when: never, times }), {
    status: 417,
    body: { detail: /the nearest is request 1: / },
  })
  t.strictSame([...reads.keys()], ['/has/table'])
  reads.clear()
  await server.must('GET /requests?limit=1&offset=1')
  t.strictSame(Object.fromEntries(reads), { '/has/table': 3 })
})

t.test('conditions that are about calls only decode nothing', async (t) => {
  const server = await startControlled(t)
  for (const table_name of ['a', 'b']) await server.call('/has/table', { table_name })
  await server.call('/create/job', alterTable('x'))
  await server.post('/has/table', 'no JSON')
  const reads = countReads(server.scope.journal)
  const counts = []
  for (const when of [
    { endpoint: '/has/table' },
    { endpoint: '*' },
    { endpoint: '/alter/*', as: 'job' },
    { endpoint: '/alter/*', as: 'direct' },
    { endpoint: '*', user: 'ann' },
    { endpoint: '*', nth: 3 },
    { endpoint: '*', nth: 4 },
  ]) {
    counts.push((await server.must('POST /requests/count', { when }))['count'])
  }
  t.strictSame(counts, [2, 3, 1, 0, 0, 1, 0])
  t.strictSame(Object.fromEntries(reads), {})
})

t.test('a request is decoded once for all who wait for it', async (t) => {
  const server = await startControlled(t)
  await server.call('/has/table', { table_name: 'b' })
  const reads = countReads(server.scope.journal)
  const waits = Array.from({ length: 20 }, () =>
    server.control('POST /requests/wait', { when: HAS_A, at_least: 2, timeout: '1h' }),
  )
  while (server.scope.changes.size < 20) await nextTurn()
  t.equal(reads.get('/has/table'), 20)
  reads.clear()
  for (let made = 0; made < 2; made += 1) await server.call('/has/table', { table_name: 'a' })
  for (const { body } of await Promise.all(waits)) {
    t.match(body, { count: 2, requests: [{ id: 2 }, { id: 3 }] })
  }
  // Each answer shows both: the content is decoded, measured and shown.
  t.equal(reads.get('/has/table'), 2 + 20 * 2 * 3)
})

t.test('a request that comes while a waiter looks back is shown to it once', async (t) => {
  const server = await startControlled(t)
  const feed = RequestFeed.of(server.scope, {
    ...server.mock,
    scope: () => server.scope,
    assertUsable: () => undefined,
  })
  const call = () => server.call('/has/table', { table_name: 'a' })
  await call()
  const waiter = feed.join({ ...HAS_A, as: 'any' })
  const steps = feed.lookBack(waiter)
  t.equal(steps.next().done, false)
  await call()
  t.equal(steps.next().done, true)
  t.strictSame([...waiter.found], [1])
  feed.update()
  t.strictSame([...waiter.found], [1, 2])
})

t.test('a wait counts requests that the journal has dropped, but does not show them', async (t) => {
  const server = await startControlled(t, { journal: { maxRequests: 2, maxBytes: 1_000_000 } })
  const when = { endpoint: '/has/table' }
  const wait = server.control('POST /requests/wait', { when, at_least: 2, timeout: '1h' })
  await server.waitedIn()
  await server.call('/has/table', { table_name: 'a' })
  for (let made = 0; made < 2; made += 1) await server.call('/show/system/status', {})
  await server.call('/has/table', { table_name: 'b' })
  t.match(await wait, { status: 200, body: { count: 2, requests: [{ id: 4 }] } })
  t.equal(server.scope.journal.find(1), undefined)
  t.equal(server.scope.journal.find(5), undefined)
})

t.test('an answer shows the content of requests up to a maximum', async (t) => {
  const server = await startControlled(t, { bodyLimit: 16 * 1024 * 1024 })
  const table_name = 'x'.repeat(7 * 1024 * 1024)
  for (let made = 0; made < 3; made += 1) await server.post('/has/table', { table_name })
  const { requests } = await server.must('GET /requests')
  t.match(requests, [
    { id: 1, request: { table_name } },
    { id: 2, request: { table_name } },
    { id: 3, request: null, job: null, body_base64: null, decoded: true },
  ])
  t.match(await server.must('GET /requests?offset=2'), { requests: [{ request: { table_name } }] })
})

function* work(done: string[], name: string): Steps<string> {
  for (const step of ['1', '2', '3']) {
    done.push(`${name}${step}`)
    yield
  }
  return name
}

t.test('work in turns lets others run between its steps', async (t) => {
  const done: string[] = []
  const results = await Promise.all([doInTurns(work(done, 'a')), doInTurns(work(done, 'b'))])
  t.strictSame(results, ['a', 'b'])
  t.strictSame(done, ['a1', 'b1', 'a2', 'b2', 'a3', 'b3'])
  t.equal(doAtOnce(work(done, 'c')), 'c')
})

t.test('a count in a scope that is reset meanwhile fails', async (t) => {
  const server = await startControlled(t)
  for (let made = 0; made < 3; made += 1) await server.call('/has/table', { table_name: 'a' })
  const count = server.control('POST /requests/count', { when: HAS_A })
  const { journal } = server.scope
  const since = journal.since.bind(journal)
  journal.since = (id) => {
    void nextTurn().then(() => server.mock.scopes.reset('default'))
    return since(id)
  }
  t.match(await count, { status: 409, body: { code: 'SCOPE_CLOSED' } })
})

t.test('expectations that anything meets are rejected', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /jobs', { job_id: 7, endpoint: '/alter/table' })
  const when = { endpoint: '*' }
  const inputs = [
    ['POST /requests/verify', { when, times: { at_least: 0 } }],
    ['POST /polls/verify', { job: 7 }],
    ['POST /polls/verify', { job: 7, times: { at_least: 0 } }],
    ['POST /polls/verify', { job: 7, growing: false, stops: false }],
    ['POST /requests/wait', { when, at_least: 0 }],
    ['GET /report?checks=&fail=true', undefined],
  ] as const
  for (const [route, input] of inputs) {
    const { status, body } = await server.control(route, input)
    t.match({ status, code: body['code'] }, { status: 400, code: 'BAD_REQUEST' }, route)
  }
  await server.must('POST /requests/verify', { when, times: { at_least: 0, at_most: 0 } })
})

t.test('a name that neither the scope nor its journal has is rejected', async (t) => {
  const server = await startControlled(t)
  const when = { endpoint: '/has/table' }
  await server.must('POST /rules', {
    name: 'slow',
    when,
    then: { response: { table_exists: true } },
  })
  await server.must('POST /faults', { name: 'lost', when, delay: '0s' })
  await server.call('/has/table', { table_name: 'a' })
  const conditions = { when: { ...when, fault: 'losst' } }
  const problems = [
    { path: 'when.fault', message: 'no fault has the name "losst" (did you mean lost?)' },
  ]
  for (const [route, body] of [
    ['POST /requests/count', conditions],
    ['POST /requests/verify', { ...conditions, times: { exactly: 0 } }],
    ['POST /requests/wait', { ...conditions, timeout: '1ms' }],
  ] as const) {
    t.match(await server.control(route, body), { status: 422, body: { problems } }, route)
  }
  for (const [query, message] of [
    ['fault=losst', 'no fault has the name "losst" (did you mean lost?)'],
    ['rule=slwo', 'no rule has the name "slwo" (did you mean slow?)'],
    ['cluster=b', 'there is no cluster "b", only a'],
    ['endpoint=/has/tabel', 'GPUdb has no endpoint "/has/tabel" (did you mean /has/table?)'],
  ] as const) {
    const path = query.replace(/=.*/, '')
    const body = { problems: [{ path, message }] }
    t.match(await server.control(`GET /requests?${query}`), { status: 400, body }, query)
  }
})

t.test('names that the scope or its journal has are accepted', async (t) => {
  const server = await startControlled(t)
  const when = { endpoint: '/has/table' }
  await server.must('POST /rules', {
    name: 'slow',
    when,
    then: { response: { table_exists: true } },
  })
  await server.must('POST /faults', { name: 'lost', when, delay: '0s' })
  const queries = ['fault=lost', 'rule=slow', 'cluster=a', 'endpoint=/has/table', 'endpoint=/no*']
  const count = async (query: string) => (await server.must(`GET /requests?${query}`))['total']
  t.strictSame(await Promise.all(queries.map(count)), [0, 0, 0, 0, 0])
  await server.call('/has/table', { table_name: 'a' })
  await server.post('/no/such/endpoint', {})
  await server.must('DELETE /rules')
  await server.must('DELETE /faults')
  const later = ['fault=lost', 'rule=slow', 'cluster=a', 'endpoint=/no/such/endpoint']
  t.strictSame(await Promise.all(later.map(count)), [1, 1, 2, 1])
  const times = { exactly: 1 }
  t.match(await server.must('POST /requests/verify', { when: { ...when, fault: 'lost' }, times }), {
    count: 1,
  })
})

/** Whether filters accept each of some names: `fault=lost` and so on. */
async function areAccepted(
  { control }: Pick<Controlled, 'control'>,
  queries: readonly string[],
): Promise<boolean[]> {
  const answers = await Promise.all(queries.map((query) => control(`GET /requests?${query}`)))
  return answers.map(({ status }) => status === 200)
}

t.test('names of rules and faults that a test removed or replaced are no error', async (t) => {
  const server = await startControlled(t)
  const when = { endpoint: '/has/table' }
  const then = { response: { table_exists: true } }
  for (const name of ['one', 'two', 'three']) {
    await server.must('POST /rules', { name, when, then })
    await server.must('POST /faults', { name, when, fault: 'reset' })
  }
  await server.must('DELETE /rules/rule-1')
  await server.must('DELETE /faults/fault-1')
  await server.must('PUT /rules/rule-2', { name: 'other', when, then })
  await server.must('PUT /faults/fault-2', { name: 'other', when, delay: '1s' })
  await server.must('DELETE /rules')
  await server.must('DELETE /faults')
  const names = ['one', 'two', 'three', 'other', 'on']
  const known = [true, true, true, true, false]
  t.strictSame(
    await areAccepted(
      server,
      names.map((name) => `rule=${name}`),
    ),
    known,
  )
  t.strictSame(
    await areAccepted(
      server,
      names.map((name) => `fault=${name}`),
    ),
    known,
  )
  t.strictSame(await areAccepted(server, ['cluster=one']), [false])
  const asked = { when: { ...when, fault: 'one' } }
  t.match(await server.must('POST /requests/count', asked), { count: 0 })
  t.match(await server.must('POST /requests/verify', { ...asked, times: { exactly: 0 } }), {
    count: 0,
  })
  const wait = await server.control('POST /requests/wait', { ...asked, timeout: '1ms' })
  t.equal(wait.body['code'], 'WAIT_TIMED_OUT')
})

t.test(
  'the name of a removed fault is no error once the journal has dropped its requests',
  async (t) => {
    const server = await startControlled(t, { journal: { maxRequests: 1, maxBytes: 10_000 } })
    const when = { endpoint: '/has/table' }
    await server.must('POST /faults', { name: 'lost', when, delay: '0s' })
    await server.call('/has/table', { table_name: 'a' })
    await server.must('DELETE /faults/fault-1')
    await server.call('/has/table', { table_name: 'a' })
    const asked = { when: { ...when, fault: 'lost' } }
    t.match(await server.must('POST /requests/count', asked), { count: 0, dropped: 1 })
  },
)

t.test('names of clusters of a former ring are no error', async (t) => {
  const server = await startControlled(t)
  const ringOf = (...names: string[]) => ({ ring: { clusters: names.map((name) => ({ name })) } })
  await server.must('POST /fixtures', ringOf('x', 'y'))
  await server.must('POST /fixtures', ringOf('y', 'z'))
  t.strictSame(await areAccepted(server, ['cluster=a', 'cluster=x', 'cluster=b']), [
    true,
    true,
    false,
  ])
  t.strictSame(await server.must('GET /jobs?cluster=x'), { jobs: [], total: 0 })
  t.equal((await server.control('GET /jobs?cluster=b')).status, 400)
  const asked = (cluster: string) => ({ when: { endpoint: '/has/table', cluster } })
  t.match(await server.must('POST /requests/count', asked('x')), { count: 0 })
  t.match(await server.control('POST /requests/count', asked('b')), {
    status: 422,
    body: { detail: 'Cannot count requests: when.cluster: there is no cluster "b", only y, z' },
  })
})
