import t from 'tap'
import { startMockGpudb } from '../../src/index.ts'
import { alterTable, type Controlled, startControlled } from '../support/control.ts'
import { loadRules } from '../support/rules.ts'
import { sendBytes } from '../support/socket.ts'

const WHEN = { endpoint: '/alter/table' }

/** What a direct call of `/alter/table` is told. */
async function answer(server: Controlled): Promise<string> {
  const body = { table_name: 'orders', action: '', value: '' }
  return (await server.post('/alter/table', body)).wrapper.message
}

/** A rule that answers with an error. */
function failing(error: string, parts: object = {}): object {
  return { when: WHEN, then: { error }, ...parts }
}

async function ids(server: Controlled): Promise<string[]> {
  const { rules } = await server.must('GET /rules')
  return Array.isArray(rules) ? rules.map(({ id }) => String(id)) : []
}

t.test('POST /rules puts the newest rule first, before those of the fixtures', async (t) => {
  const rules = loadRules(t, '  - { when: { endpoint: /alter/table }, then: { error: old } }')
  const server = await startControlled(t, { rules })
  t.equal(await answer(server), 'old')
  const { status, body } = await server.control('POST /rules', failing('new', { times: 1 }))
  t.strictSame(
    [status, body],
    [201, { id: 'rule-2', origin: 'control', answered: 0, rule: failing('new', { times: 1 }) }],
  )
  t.equal((await server.must('POST /rules', failing('newest', { times: 1 })))['id'], 'rule-3')
  t.strictSame(await ids(server), ['rule-3', 'rule-2', 'rule-1'])
  t.strictSame(
    [await answer(server), await answer(server), await answer(server)],
    ['newest', 'new', 'old'],
  )
  t.match(await server.must('GET /rules/rule-1'), { origin: 'fixture', answered: 2 })
  t.match(await server.must('GET /rules/rule-3'), { origin: 'control', answered: 1 })
})

t.test(
  'PUT and DELETE /rules/{id} change one rule, and keep the counts of the others',
  async (t) => {
    const server = await startControlled(t)
    await server.must('POST /rules', failing('always'))
    await server.must('POST /rules', failing('twice', { times: 2 }))
    t.equal(await answer(server), 'twice')
    await server.must('PUT /rules/rule-1', failing('ever', { name: 'the last' }))
    t.match(await server.must('GET /rules/rule-1'), { rule: { name: 'the last' }, answered: 0 })
    t.strictSame([await answer(server), await answer(server)], ['twice', 'ever'])
    t.equal((await server.control('DELETE /rules/rule-1')).status, 204)
    t.equal(await answer(server), '')
    t.strictSame(await ids(server), ['rule-2'])
    t.equal((await server.control('DELETE /rules')).status, 204)
    t.strictSame(await ids(server), [])
    for (const route of ['GET', 'PUT', 'DELETE'].map((method) => `${method} /rules/rule-2`)) {
      const body = route.startsWith('PUT') ? failing('x') : undefined
      const gone = await server.control(route, body)
      t.match(gone, { status: 404, body: { code: 'RULE_NOT_FOUND', detail: /rule-2/ } }, route)
    }
  },
)

t.test('a rule scripts the jobs that are created from now on', async (t) => {
  const server = await startControlled(t)
  await server.call('/create/job', alterTable('before'))
  const then = {
    lifecycle: { steps: [{ hold: true, progress: 50 }], outcome: 'ERROR', error: 'late' },
  }
  await server.must('POST /rules', { name: 'held', when: { ...WHEN, as: 'job' }, then })
  await server.call('/create/job', alterTable('after'))
  await server.must('POST /clock/run')
  const statuses = async (tag: string) => (await server.must(`GET /jobs/tag:${tag}`))['status']
  t.strictSame([await statuses('before'), await statuses('after')], ['DONE', 'RUNNING'])
  await server.must('POST /jobs/tag:after/release')
  t.match(await server.must('GET /jobs/tag:after'), { status: 'ERROR', error: 'late' })
})

t.test('a rule without a name is named by its id', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /rules', failing('x'))
  await answer(server)
  await server.must('PUT /rules/rule-1', failing('y'))
  await answer(server)
  const { requests } = await server.must('GET /requests')
  t.match(requests, [{ rule: 'rule-1' }, { rule: 'rule-1' }])
})

t.test(
  'a fault cuts the connection once the answer is made, which the journal tells',
  async (t) => {
    const server = await startControlled(t)
    const then = { fault: 'reset' }
    await server.must('POST /rules', { when: { endpoint: '/create/job' }, times: 1, then })
    await t.rejects(server.post('/create/job', alterTable('cut')), /fetch failed/)
    t.match(await server.must('GET /jobs/tag:cut'), { status: 'RUNNING' })
    t.match(await server.must('GET /requests'), {
      requests: [{ status: 0, rule: 'rule-1', job_id: 1 }],
    })
    t.equal((await server.post('/create/job', alterTable('next'))).status, 200)
  },
)

t.test('a connection can also be closed without a word', async (t) => {
  const server = await startControlled(t)
  const rule = { when: { endpoint: '/get/job' }, then: { fault: 'close', delay: '1s' }, times: 1 }
  await server.must('POST /rules', rule)
  const closed = sendBytes(server.port, 'POST /get/job HTTP/1.0\r\nContent-Length: 0\r\n\r\n')
  await server.waitedIn()
  await server.must('POST /clock/advance', { by: '1s' })
  t.equal(await closed, '')
})

t.test('an error that Java looks for in the reason phrase stands there too', async (t) => {
  const server = await startControlled(t)
  const then = { error: 'System shutting down: later' }
  await server.must('POST /rules', { when: { endpoint: '/get/job' }, then })
  const head = 'POST /get/job HTTP/1.0\r\nContent-Length: 0\r\n\r\n'
  const answer = await sendBytes(server.port, `${head}`)
  t.match(answer, /^HTTP\/1.1 400 System shutting down\r\n/)
  t.match(answer, '"message":"System shutting down: later"')
})

t.test('POST /rules rejects invalid rules, with the place', async (t) => {
  const server = await startControlled(t)
  const cases = [
    {
      ...{ body: { when: { endpoint: '/alter/tabel' }, then: {} }, status: 422 },
      path: 'when.endpoint',
    },
    {
      ...{ body: { when: { ...WHEN, request: { tabel: 'x' } }, then: {} }, status: 422 },
      path: 'when.request.tabel',
    },
    {
      ...{ body: { when: { ...WHEN, tag: { matches: '(' } }, then: {} }, status: 422 },
      path: 'when.tag.matches',
    },
    { body: { when: WHEN, then: { fault: 'crash' } }, status: 422, path: 'then.fault' },
    { body: { when: WHEN }, status: 422, path: 'then' },
  ]
  for (const { body, status, path } of cases) {
    const answer = await server.control('POST /rules', body)
    t.match(answer, { status, body: { problems: [{ path }] } }, path)
  }
  t.strictSame(await ids(server), [])
})

t.test('rules.add() in process rejects the wrong shape too', async (t) => {
  await using mock = await startMockGpudb()
  t.throws(() => mock.rules.add(JSON.parse('{ "when": {}, "then": {} }')), {
    code: 'BAD_FIXTURES',
    problems: [{ path: 'when.endpoint' }],
  })
})
