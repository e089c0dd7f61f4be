import t from 'tap'
import { startMockGpudb } from '../../src/index.ts'
import { startControlled } from '../support/control.ts'

const LOST = { name: 'lost', when: { endpoint: '/alter/table' }, fault: 'reset' } as const

/** A call that any server answers. */
const CALL = { method: 'POST', body: '{"table_name":"orders","options":{}}' }

/** What the document of a new fault shows besides the fault. */
const NEW = { origin: 'control', enabled: true, seen: 0, hits: 0, left: null }

t.test('faults are added before all others, shown, and removed', async (t) => {
  const server = await startControlled(t)
  const first = await server.control('POST /faults', { fault: { cut: { after: '50%' } }, times: 2 })
  const cut = { cut: { after: '50%' } }
  const shown = { ...NEW, id: 'fault-1', name: 'fault-1', left: 2, fault: { fault: cut, times: 2 } }
  t.strictSame([first.status, first.body], [201, shown])
  const lost = { ...NEW, id: 'fault-2', name: 'lost', fault: LOST }
  t.strictSame(await server.must('POST /faults', LOST), lost)
  t.strictSame(await server.must('GET /faults'), { faults: [lost, shown] })
  t.strictSame(await server.must('GET /faults/fault-2'), lost)
  t.equal((await server.control('DELETE /faults/fault-2')).status, 204)
  const gone = await server.control('GET /faults/fault-2')
  t.match(gone, { status: 404, body: { code: 'FAULT_NOT_FOUND' } })
  t.equal((await server.control('DELETE /faults')).status, 204)
  t.strictSame(await server.must('GET /faults'), { faults: [] })
})

t.test('PUT replaces a fault, and PATCH switches it', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /faults', LOST)
  const off = await server.must('PATCH /faults/fault-1', { enabled: false })
  t.strictSame(off, { ...NEW, id: 'fault-1', name: 'lost', enabled: false, fault: LOST })
  t.match(await server.must('PATCH /faults/fault-1', { enabled: true }), { enabled: true })
  const put = await server.must('PUT /faults/fault-1', { delay: '1s' })
  t.strictSame(put, { ...NEW, id: 'fault-1', name: 'fault-1', fault: { delay: '1s' } })
  for (const route of ['PUT /faults/x', 'PATCH /faults/x', 'DELETE /faults/x', 'GET /faults/x']) {
    const input = route.startsWith('PUT') ? LOST : { enabled: true }
    const answer = await server.control(route, route.startsWith('P') ? input : undefined)
    t.match(answer, { status: 404, body: { code: 'FAULT_NOT_FOUND' } }, route)
  }
})

t.test('a fault counts the calls that it sees and strikes, until its time is over', async (t) => {
  const server = await startControlled(t)
  const when = { endpoint: '/has/table' }
  await server.must('POST /faults', {
    when,
    times: 5,
    for: '10s',
    fault: { http: { status: 401 } },
  })
  const status = async () => (await fetch(`${server.url}/has/table`, CALL)).status
  t.equal(await status(), 401)
  t.match(await server.must('GET /faults/fault-1'), { seen: 1, hits: 1, left: 4 })
  await server.must('PATCH /faults/fault-1', { enabled: false })
  t.equal(await status(), 200)
  await server.must('POST /clock/advance', { by: '10s' })
  const on = await server.must('PATCH /faults/fault-1', { enabled: true })
  t.match(on, { enabled: true, seen: 1, hits: 1, left: 4 })
  await server.must('POST /clock/advance', { by: '9999ms' })
  t.equal(await status(), 401)
  await server.must('POST /clock/advance', { by: '1ms' })
  t.equal(await status(), 200)
  t.match(await server.must('GET /faults/fault-1'), { enabled: true, seen: 2, hits: 2, left: 3 })
  await server.must('POST /reset')
  t.strictSame(await server.must('GET /faults'), { faults: [] })
})

t.test('a call whose faults cannot be decided is answered with an error', async (t) => {
  const server = await startControlled(t)
  const when = { endpoint: '/has/table', request: { table_name: { matches: '[0-9]+x' } } }
  const faults = Array.from({ length: 100 }, () => ({ when, fault: 'reset' }))
  await server.must('POST /fixtures', { faults })
  const table_name = '7'.repeat(100_000)
  const { status, wrapper } = await server.post('/has/table', { table_name, options: {} })
  t.equal(status, 400)
  t.match(wrapper, { status: 'ERROR', message: 'Cannot compare the request with all regular' })
  t.match(await server.must('GET /requests'), { total: 1 })
})

t.test('adding a fault creates the scope, and reading does not', async (t) => {
  const server = await startControlled(t)
  const missing = { status: 404, body: { code: 'SCOPE_NOT_FOUND' } }
  t.match(await server.control('GET /faults', undefined, 'new'), missing)
  t.match(await server.control('DELETE /faults', undefined, 'new'), missing)
  await server.must('POST /faults', LOST, 'new')
  t.match(await server.must('GET /faults', undefined, 'new'), { faults: [{ id: 'fault-1' }] })
  t.strictSame(await server.must('GET /faults'), { faults: [] }, 'other scopes have none')
})

t.test('fixtures load faults, and saving shows them as they are switched', async (t) => {
  const server = await startControlled(t)
  const faults = [LOST, { delay: '1s', enabled: false }, { fault: 'empty' }]
  const loaded = await server.control('POST /fixtures', { faults })
  t.match(loaded, { status: 201, body: { faults: [{ id: 'fault-1', name: 'lost' }, {}, {}] } })
  const names = ['lost', 'fault-1[1]', 'fault-1[2]']
  t.match(await server.must('GET /faults'), { faults: names.map((name) => ({ name })) })
  t.strictSame((await server.must('GET /fixtures'))['faults'], faults)
  await server.must('PATCH /faults/fault-1', { enabled: false })
  await server.must('PATCH /faults/fault-2', { enabled: true })
  const saved = await server.must('GET /fixtures')
  const switched = [{ ...LOST, enabled: false }, { delay: '1s', enabled: true }, { fault: 'empty' }]
  t.strictSame(saved['faults'], switched)
  await server.must('POST /fixtures', saved, 'copy')
  t.strictSame((await server.must('GET /fixtures', undefined, 'copy'))['faults'], switched)
  await server.must('DELETE /faults')
  t.notOk('faults' in (await server.must('GET /fixtures')))
})

t.test('a document with a bad fault loads nothing', async (t) => {
  const server = await startControlled(t)
  const jobs = [{ endpoint: '/alter/table' }]
  const faults = [LOST, { fault: 'cut' }, { fault: 'reset', times: 0 }]
  const { status, body } = await server.control('POST /fixtures', { jobs, faults })
  t.equal(status, 422)
  t.strictSame(body['problems'], [
    { path: 'faults[2].times', message: 'expected an integer from 1, got 0' },
    { path: 'faults[1].fault', message: 'cut needs an argument: { cut: … }' },
  ])
  t.match(await server.must('GET /jobs'), { jobs: { length: 0 } })
  t.strictSame(await server.must('GET /faults'), { faults: [] })
})

t.test('a scope takes no more faults than it can hold', async (t) => {
  const server = await startControlled(t)
  const many = Array.from({ length: 10_000 }, () => ({ fault: 'reset' }))
  await server.must('POST /fixtures', { faults: many })
  const full = { status: 409, body: { code: 'TOO_MANY_FAULTS' } }
  t.match(await server.control('POST /faults', LOST), full)
  t.match(await server.control('POST /fixtures', { faults: [LOST] }), full)
  const more = await server.control('POST /fixtures', { faults: [...many, LOST] })
  const message = 'a scope has at most 10000 faults, this document has 10001'
  t.match(more, { status: 422, body: { problems: [{ path: 'faults[10000]', message }] } })
})

t.test('faults are shown without secrets', async (t) => {
  const server = await startControlled(t)
  const when = { endpoint: '/create/user/internal', request: { password: 'hush' } }
  await server.must('POST /faults', { when, fault: 'reset' })
  for (const route of ['GET /faults', 'GET /faults/fault-1', 'GET /fixtures']) {
    const text = JSON.stringify(await server.must(route))
    t.notMatch(text, 'hush', route)
    t.match(text, '(redacted', route)
  }
})

t.test('faults in process are copies of what a test wrote', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen' })
  const text = { name: 'lost', fault: { cut: { after: 3 } } }
  const added = mock.faults.add(text)
  text.fault.cut.after = 4
  Object.assign(added.fault, { fault: 'reset' })
  t.strictSame(mock.faults.get('fault-1').fault, { name: 'lost', fault: { cut: { after: 3 } } })
  t.match(mock.faults.patch('fault-1', { enabled: false }), { enabled: false })
  t.match(mock.faults.put('fault-1', LOST), { fault: LOST, enabled: true })
  t.equal(mock.faults.list().length, 1)
  mock.faults.remove('fault-1')
  mock.faults.add(LOST)
  mock.faults.clear()
  t.strictSame(mock.faults.list(), [])
})
