import t from 'tap'
import { MAX_TIME_MS } from '../../src/clock/controlled-clock.ts'
import { startMockGpudb } from '../../src/index.ts'
import { alterTable, type Controlled, startControlled } from '../support/control.ts'
import { faultsOf } from '../support/faults.ts'
import { loadRules } from '../support/rules.ts'
import { START_MS, seedJob } from '../support/server.ts'
import { sendBytes } from '../support/socket.ts'

t.test('GET /clock shows the mode, the time and the next change', async (t) => {
  const server = await startControlled(t)
  const shown = { mode: 'frozen', now_ms: START_MS, next_change_at_ms: null, poll_advance_ms: 250 }
  t.strictSame(await server.must('GET /clock'), shown)
  await server.must('POST /jobs', { endpoint: '/alter/table' })
  t.strictSame(await server.must('GET /clock'), { ...shown, next_change_at_ms: START_MS + 1000 })
})

t.test(
  'POST /clock/advance moves time, and what is due has happened when it answers',
  async (t) => {
    const server = await startControlled(t)
    await server.must('POST /jobs', { job_id: 1, endpoint: '/alter/table' })
    for (const [by, ms] of [
      ['250ms', 250],
      [250, 250],
      ['0.5s', 500],
      ['1h', 3_600_000],
      [0, 0],
    ] as const) {
      const before = Number((await server.must('GET /clock'))['now_ms'])
      t.match(await server.must('POST /clock/advance', { by }), { now_ms: before + ms })
    }
    t.match(await server.must('GET /jobs/1'), { status: 'DONE', changed_at_ms: START_MS + 1000 })
  },
)

t.test('POST /clock/next goes from one change of a job to the next', async (t) => {
  const server = await startControlled(t)
  const steps = [{ after: 300 }, { polls: 1 }, { after: 500 }]
  await server.must('POST /jobs', { job_id: 1, endpoint: '/alter/table', lifecycle: { steps } })
  await server.must('POST /jobs', {
    job_id: 2,
    endpoint: '/alter/table',
    lifecycle: { duration: 400 },
  })
  t.match(await server.must('POST /clock/next'), {
    now_ms: START_MS + 300,
    next_change_at_ms: START_MS + 400,
  })
  t.match(await server.must('POST /clock/next'), {
    now_ms: START_MS + 400,
    next_change_at_ms: null,
  })
  const none = await server.control('POST /clock/next')
  t.match(none, { status: 409, body: { code: 'NOTHING_AHEAD' } })
  await server.call('/get/job', { job_id: 1 })
  t.match(await server.must('POST /clock/next'), { now_ms: START_MS + 900 })
})

t.test('POST /clock/run goes as far as time alone brings jobs', async (t) => {
  const server = await startControlled(t)
  const steps = [{ after: '3h' }, { hold: true }, { after: '9h' }]
  await server.must('POST /jobs', { job_id: 1, endpoint: '/alter/table', lifecycle: { steps } })
  await server.must('POST /jobs', { job_id: 2, endpoint: '/alter/table' })
  t.match(await server.must('POST /clock/run'), {
    now_ms: START_MS + 3 * 3_600_000,
    next_change_at_ms: null,
  })
  t.match(await server.must('GET /jobs/1'), { status: 'RUNNING', step: 1 })
  t.match(await server.must('GET /jobs/2'), { status: 'DONE', changed_at_ms: START_MS + 1000 })
  t.match(await server.must('POST /clock/run'), { now_ms: START_MS + 3 * 3_600_000 })
})

t.test('POST /clock changes how time passes, and it never runs backwards', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /clock/advance', { by: '5h' })
  const fiveHours = START_MS + 5 * 3_600_000
  t.match(await server.must('POST /clock', { mode: 'scaled', scale: 60 }), {
    scale: 60,
    now_ms: fiveHours,
  })
  server.time.pass(1000)
  t.match(await server.must('POST /clock', { mode: 'real' }), { now_ms: fiveHours + 60_000 })
  server.time.pass(1000)
  t.match(await server.must('POST /clock', { mode: 'frozen' }), { now_ms: fiveHours + 61_000 })
  server.time.pass(1000)
  t.match(await server.must('GET /clock'), { mode: 'frozen', now_ms: fiveHours + 61_000 })
  const now = fiveHours + 100_000
  t.match(await server.must('POST /clock', { mode: 'auto', now_ms: now, poll_advance: '2s' }), {
    now_ms: now,
  })
  await server.must('POST /jobs', {
    job_id: 1,
    endpoint: '/alter/table',
    lifecycle: { duration: '3s' },
  })
  for (const job_status of ['RUNNING', 'RUNNING', 'DONE']) {
    t.match(await server.call('/get/job', { job_id: 1 }), { job_status })
  }
  const back = await server.control('POST /clock', { mode: 'real', now_ms: START_MS })
  t.match(back, { status: 409, body: { code: 'CLOCK_RUNS_BACKWARDS' } })
  t.match(await server.must('GET /clock'), { mode: 'auto', now_ms: now + 6000 })
})

t.test('a clock that runs can be set at any moment', async (t) => {
  const server = await startControlled(t)
  let nowMs = START_MS
  // Time that passes between any two looks at it.
  server.time.now = () => {
    nowMs += 0.7
    return nowMs
  }
  for (const mode of ['real', 'frozen', 'real', 'real', 'auto', 'real', 'real']) {
    t.match(await server.must('POST /clock', { mode }), { mode })
  }
})

t.test('the clock can be moved while it runs', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /clock', { mode: 'real' })
  await server.must('POST /jobs', { job_id: 1, endpoint: '/alter/table' })
  t.match(await server.must('POST /clock/next'), { mode: 'real', now_ms: START_MS + 1000 })
  t.match(await server.must('GET /jobs/1'), { status: 'DONE' })
})

t.test('an answer that a rule delays leaves when its time is reached', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /rules', {
    when: { endpoint: '/alter/table' },
    then: { response: {}, delay: '2s' },
  })
  const order: string[] = []
  const call = async (name: string) => {
    await server.call('/alter/table', { table_name: name, action: '', value: '' })
    order.push(name)
  }
  const first = call('first')
  await server.waitedIn()
  await server.must('POST /clock/advance', { by: '1s' })
  const when = { endpoint: '/alter/table' }
  const second = call('second')
  await server.must('POST /requests/wait', { when, at_least: 2 })
  await server.must('POST /clock/advance', { by: '1s' })
  await first
  t.strictSame(order, ['first'])
  await server.must('POST /clock/advance', { by: '1s' })
  await second
  t.strictSame(order, ['first', 'second'])
})

t.test('POST /clock and POST /clock/advance reject invalid times', async (t) => {
  const server = await startControlled(t)
  const cases: [string, unknown, string | RegExp][] = [
    ['POST /clock/advance', undefined, 'Cannot advance the clock: expected an object, got nothing'],
    ['POST /clock/advance', {}, /by: the key "by" is missing/],
    ['POST /clock/advance', { by: -1 }, /by: expected a duration such as/],
    ['POST /clock/advance', { by: '-1s' }, /by: expected a duration such as/],
    ['POST /clock/advance', { by: '1y' }, /by: expected a duration such as/],
    ['POST /clock/advance', { by: 1e300 }, /by: expected a duration such as/],
    ['POST /clock/advance', { by: true }, /by: expected a duration such as/],
    ['POST /clock/advance', { by: '1s', too: 1 }, /too: the key "too" is not known/],
    ['POST /clock', { mode: 'scaled' }, /scale: the mode scaled needs it/],
    ['POST /clock', { mode: 'real', scale: 2 }, /scale: only the mode scaled has one/],
    ['POST /clock', { mode: 'scaled', scale: 0 }, /scale: expected a number over 0/],
    ['POST /clock', { mode: 'scaled', scale: 2_000_000 }, /scale: expected a number over 0/],
    ['POST /clock', { mode: 'fast' }, /mode: expected one of real, scaled, frozen, auto/],
    ['POST /clock', { mode: 'real', now_ms: -1 }, /now_ms: expected epoch milliseconds/],
    ['POST /clock', { mode: 'real', now_ms: 1.5 }, /now_ms: expected epoch milliseconds/],
    [
      'POST /clock',
      { mode: 'real', now_ms: MAX_TIME_MS + 1 },
      /now_ms: expected epoch milliseconds/,
    ],
    ['POST /clock', [], /expected an object, got a list/],
    ['POST /clock', '{"mode": "real"', /^Cannot read the body: 1:16: this is not JSON/],
  ]
  for (const [route, body, detail] of cases) {
    const answer = await server.control(route, body)
    t.match(answer, { status: 400, body: { code: 'BAD_REQUEST', detail } }, JSON.stringify(body))
  }
  t.match(await server.must('GET /clock'), { mode: 'frozen', now_ms: START_MS })
  await server.must('POST /clock', { mode: 'frozen', now_ms: MAX_TIME_MS })
  const past = await server.control('POST /clock/advance', { by: 1 })
  t.match(past, { status: 409, body: { code: 'CLOCK_LIMIT' } })
})

t.test(
  'at the latest time, a move is rejected by a code that names it, and reset works',
  async (t) => {
    for (const mode of ['frozen', 'real', 'auto']) {
      const server = await startControlled(t, { seeds: [seedJob({ id: 7n })] })
      await server.must('POST /clock', { mode, now_ms: MAX_TIME_MS - 500 })
      await server.must('POST /reset')
      for (const [route, body] of [
        ['POST /clock/advance', { by: 501 }],
        ['POST /clock/next', undefined],
        ['POST /clock/run', undefined],
      ] as const) {
        const { status, body: problem } = await server.control(route, body)
        t.strictSame([status, problem['code']], [409, 'CLOCK_LIMIT'], `${mode}: ${route}`)
        t.match(problem['detail'], /a clock shows no time after 8640000000000000$/)
      }
      t.match(await server.must('POST /clock/advance', { by: 500 }), { now_ms: MAX_TIME_MS })
      await server.must('POST /clock', { mode })
      server.time.pass(1000)
      t.match(await server.must('GET /clock'), { now_ms: MAX_TIME_MS })
      t.match(await server.call('/get/job', { job_id: 7 }), { job_status: 'RUNNING' })
      await server.must('POST /reset')
      t.match(await server.must('GET /jobs/7'), { created_at_ms: MAX_TIME_MS, status: 'RUNNING' })
      t.match(await server.must('POST /clock/advance', { by: 0 }), { now_ms: MAX_TIME_MS })
      const late = await server.control('GET /jobs/7/wait?timeout=1ms')
      t.match(late.body['code'], /^WAIT_(CANNOT_HOLD|TIMED_OUT)$/, mode)
    }
  },
)

const WHEN = { endpoint: '/alter/table' }

/** The error of a direct call of `/alter/table`. */
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
  'a fault breaks the connection instead of the answer, and the journal shows it',
  async (t) => {
    const server = await startControlled(t)
    const when = { endpoint: '/create/job' }
    server.scope.faults.add(faultsOf({ name: 'lost', when, times: 1, fault: 'reset' }), START_MS)
    await t.rejects(server.post('/create/job', alterTable('cut')), /fetch failed/)
    t.match(await server.must('GET /jobs/tag:cut'), { status: 'RUNNING' })
    t.match(await server.must('GET /requests'), {
      requests: [{ status: 0, rule: null, fault: ['lost'], sent_bytes: 0, job_id: 1 }],
    })
    t.equal((await server.post('/create/job', alterTable('next'))).status, 200)
  },
)

t.test('a connection can also be closed without a word', async (t) => {
  const server = await startControlled(t)
  const fault = { when: { endpoint: '/get/job' }, fault: 'close', delay: '1s', times: 1 }
  server.scope.faults.add(faultsOf(fault), START_MS)
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
    { body: { when: WHEN, then: { fault: 'reset' } }, status: 422, path: 'then.fault' },
    { body: { when: WHEN }, status: 422, path: 'then' },
  ]
  for (const { body, status, path } of cases) {
    const answer = await server.control('POST /rules', body)
    t.match(answer, { status, body: { problems: [{ path }] } }, path)
  }
  t.strictSame(await ids(server), [])
})

t.test('a change to a rule that a method returned changes no rule', async (t) => {
  const rule = { when: { endpoint: '/clear/table' }, then: { error: 'no' } }
  await using mock = await startMockGpudb({ fixtures: [{ rules: [rule] }] })
  const { rules, fixtures } = mock.scope('other')
  for (const shown of [rules.get('rule-1').rule, fixtures.save().rules?.[0]]) {
    if (shown === undefined) throw new Error('The rule is missing')
    shown.when.endpoint = '/has/table'
    shown.then.error = 'changed'
  }
  for (const scope of [mock, mock.scope('other')]) t.strictSame(scope.rules.list()[0]?.rule, rule)
})

t.test('rules.add() in process rejects the wrong shape too', async (t) => {
  await using mock = await startMockGpudb()
  t.throws(() => mock.rules.add(JSON.parse('{ "when": {}, "then": {} }')), {
    code: 'BAD_FIXTURES',
    problems: [{ path: 'when.endpoint' }],
  })
})
