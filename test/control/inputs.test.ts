import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { ScopeControl } from '../../src/control/scope-control.ts'
import { type FixtureLifecycle, startMockGpudb } from '../../src/index.ts'
import { type Controlled, startControlled } from '../support/control.ts'
import { START_MS } from '../support/server.ts'

/** What a JavaScript caller passes, which no type checker has seen. */
function untyped(value: unknown): never {
  return value as never
}

const when = { endpoint: '/alter/table' }

t.test('every method rejects misspelt keys and wrong values, and changes nothing', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen' })
  mock.jobs.create({ job_id: 7, endpoint: '/alter/table', lifecycle: { steps: [{ hold: true }] } })
  mock.faults.add({ fault: 'reset' })
  const { requests, polls, jobs, clock, rules, faults, clusters, timeline, fixtures } = mock
  const cases: [() => unknown, string, string][] = [
    [
      () => requests.verify(untyped({ when, times: { exacly: 99 } })),
      'BAD_REQUEST',
      'Cannot verify requests: times.exacly: the key "exacly" is not known (did you mean exactly?)',
    ],
    [
      () => requests.verify({ when, times: {} }),
      'BAD_REQUEST',
      'Cannot verify requests: times: expected an object with exactly, at_least or at_most, got an empty object',
    ],
    [
      () => requests.verify(untyped({ when })),
      'BAD_REQUEST',
      'Cannot verify requests: times: the key "times" is missing',
    ],
    [
      () => requests.verify({ when: untyped({ ...when, reqest: {} }), times: { exactly: 0 } }),
      'BAD_REQUEST',
      'Cannot verify requests: when.reqest: the key "reqest" is not known (did you mean request?)',
    ],
    [
      () => requests.count({ when: { endpoint: '/alter/tabel' } }),
      'BAD_FIXTURES',
      'Cannot count requests: when.endpoint: GPUdb has no endpoint "/alter/tabel" (did you mean /alter/table?)',
    ],
    [
      () => requests.verify({ when: { ...when, fault: 'fautl-1' }, times: { exactly: 0 } }),
      'BAD_FIXTURES',
      'Cannot verify requests: when.fault: no fault has the name "fautl-1" (did you mean fault-1?)',
    ],
    [
      () => requests.list({ fault: 'x', rule: 'x', cluster: 'x' }).total,
      'BAD_REQUEST',
      'Cannot list requests: rule: no rule has the name "x"; fault: no fault has the name "x"; ' +
        'cluster: there is no cluster "x", only a',
    ],
    [
      () => jobs.list({ endpoint: '/alter/tabel', cluster: 'x' }).total,
      'BAD_REQUEST',
      'Cannot list jobs: endpoint: GPUdb has no endpoint "/alter/tabel" (did you mean /alter/table?); ' +
        'cluster: there is no cluster "x", only a',
    ],
    [
      () => polls.verify(untyped({ job: 7, times: { exacly: 7 } })),
      'BAD_REQUEST',
      'Cannot verify polls: times.exacly: the key "exacly" is not known (did you mean exactly?)',
    ],
    [
      () => polls.verify({ job: 7, gaps: {} }),
      'BAD_REQUEST',
      'Cannot verify polls: gaps: expected an object with at_least or at_most, got an empty object',
    ],
    [
      () => mock.assertClean(untyped(['unmached'])),
      'BAD_REQUEST',
      'Cannot make the report: checks[0]: expected one of no_requests, dropped_requests, unmatched, ' +
        'undecodable, unused_rules, unused_faults, unfinished_jobs, unpolled_jobs, missed_entries, evicted, all, got "unmached" (did you mean ' +
        'unmatched?)',
    ],
    [
      () => mock.report([]),
      'BAD_REQUEST',
      'Cannot make the report: checks: expected a list of checks, got a list',
    ],
    [
      () => jobs.finish(7, untyped({ outcome: 'Done' })),
      'BAD_REQUEST',
      'Cannot finish the job: outcome: expected one of DONE, ERROR, CANCELLED, got "Done"',
    ],
    [
      () => jobs.patch(7, { response: { table_name: 'x' }, progress: 150 }),
      'BAD_REQUEST',
      'Cannot change the job: progress: expected a percentage from 0 to 99, got 150',
    ],
    [
      () => jobs.patch(7, { progress: 50, lifecycle: { steps: [{ hold: true, polls: 1 }] } }),
      'BAD_FIXTURES',
      'Cannot change the job: lifecycle.steps[0]: a step has exactly one of after, polls and hold, this one has 2',
    ],
    [
      () => clock.set(untyped({ mode: 'froze' })),
      'BAD_REQUEST',
      'Cannot set the clock: mode: expected one of real, scaled, frozen, auto, got "froze" (did you mean frozen?)',
    ],
    [
      () => clock.set(untyped({ mode: 'auto', pollAdvance: '1h' })),
      'BAD_REQUEST',
      'Cannot set the clock: pollAdvance: the key "pollAdvance" is not known (did you mean poll_advance?)',
    ],
    [
      () => clock.set({ mode: 'auto', now_ms: 1.5 }),
      'BAD_REQUEST',
      'Cannot set the clock: now_ms: expected epoch milliseconds as a whole number from 0 to 8640000000000000, got 1.5',
    ],
    [
      () => clock.advance('2 hours'),
      'BAD_REQUEST',
      'Cannot advance the clock: by: expected a duration such as 250ms, 2s, 5m, 1h, or a number of milliseconds, at most 876000h, got "2 hours"',
    ],
    [
      () => jobs.create(untyped({ endpoint: '/alter/table', tagg: 'x', encoding: 'avro' })),
      'BAD_FIXTURES',
      'Cannot create the job: tagg: the key "tagg" is not known (did you mean tag?); encoding: expected one of json, binary, got "avro"',
    ],
    [
      () => rules.add(untyped({ when, then: {}, time: 1 })),
      'BAD_FIXTURES',
      'Cannot add the rule: time: the key "time" is not known (did you mean times?)',
    ],
    [
      () => rules.put('rule-1', untyped({ when })),
      'BAD_FIXTURES',
      'Cannot replace the rule: then: the key "then" is missing',
    ],
    [
      () => faults.add(untyped({ when, fault: { cut: {} } })),
      'BAD_FIXTURES',
      'Cannot add the fault: fault.cut.after: the key "after" is missing',
    ],
    [
      () => faults.add({ fault: 'cut', times: 0 }),
      'BAD_FIXTURES',
      'Cannot add the fault: times: expected an integer from 1, got 0',
    ],
    [
      () => faults.put('fault-1', { fault: 'rest' }),
      'BAD_FIXTURES',
      'Cannot replace the fault: fault: there is no damage "rest" (did you mean reset?)',
    ],
    [
      () => faults.patch('fault-1', untyped({ enabled: 1 })),
      'BAD_REQUEST',
      'Cannot change the fault: enabled: expected true or false, got 1',
    ],
    [
      () => faults.get(untyped(7)),
      'BAD_REQUEST',
      'Cannot find the fault: id: expected the id of a fault, got 7',
    ],
    [
      () => clusters.patch('a', untyped({ state: 'down', fro: '1s' })),
      'BAD_REQUEST',
      'Cannot move the cluster: fro: the key "fro" is not known (expected one of state, for, drain, jobs)',
    ],
    [
      () => clusters.patch('a', { state: 'up', drain: '1s' }),
      'BAD_FIXTURES',
      'Cannot move the cluster: drain: a move to the state up has no drain',
    ],
    [
      () => timeline.put(untyped({})),
      'BAD_FIXTURES',
      'Cannot replace the timeline: expected a list of entries, got an object',
    ],
    [
      () => timeline.put([{ at: 1, cluster: 'b', state: 'down' }]),
      'BAD_FIXTURES',
      'Cannot replace the timeline: [0].cluster: there is no cluster "b", only a',
    ],
    [
      () => timeline.put([{ at: 1, fault: 'fault-2', enabled: true }]),
      'BAD_FIXTURES',
      'Cannot replace the timeline: [0].fault: no fault has the name "fault-2" (did you mean fault-1?)',
    ],
    [
      () => rules.get(untyped(7)),
      'BAD_REQUEST',
      'Cannot find the rule: id: expected the id of a rule, got 7',
    ],
    [
      () => fixtures.load(untyped({ job: [] })),
      'BAD_FIXTURES',
      'Cannot load the fixtures: job: the key "job" is not known (did you mean jobs?)',
    ],
    [
      () => jobs.get(untyped({})),
      'BAD_REQUEST',
      'Cannot find the job: id: expected an id from 1, or tag:NAME, got an object',
    ],
    [
      () => mock.scope(untyped(7)),
      'BAD_REQUEST',
      'Cannot open the scope: name: expected the name of a scope, got 7',
    ],
    [
      () => mock.removeScope(untyped(undefined)),
      'BAD_REQUEST',
      'Cannot remove the scope: name: the key "name" is missing',
    ],
    [
      () => jobs.list(untyped({ limit: '10' })),
      'BAD_REQUEST',
      'Cannot list jobs: limit: expected a whole number from 0, got "10"',
    ],
    [
      () => requests.list(untyped({ status: '200', job: 0 })),
      'BAD_REQUEST',
      'Cannot list requests: status: expected a whole number from 0, got "200"; job: expected an ' +
        'integer from 1 to 9223372036854775807, got 0',
    ],
  ]
  const before = [mock.fixtures.save(), clock.get(), mock.scopes()]
  for (const [call, code, message] of cases) t.throws(call, { code, message }, message)
  for (const [options, message] of [
    [{ timeout: 'x' }, /^Cannot wait for the job: timeout: expected a duration/],
    [{ signal: 'x' }, 'Cannot wait for the job: signal: expected an AbortSignal'],
    [null, 'Cannot wait for the job: expected an object, got null'],
  ] as const) {
    await t.rejects(jobs.wait(7, untyped(options)), { code: 'BAD_REQUEST', message })
  }
  const waited = requests.wait(untyped({ when, atLeast: 2 }))
  await t.rejects(waited, { code: 'BAD_REQUEST', message: /did you mean at_least\?/ })
  t.strictSame([mock.fixtures.save(), clock.get(), mock.scopes()], before)
})

t.test('a message names three problems; the error has all of them', async (t) => {
  await using mock = await startMockGpudb()
  const wrong = { endpoint: '/alter/table', request: { a: 1, b: 2, c: 3, d: 4 } }
  t.throws(() => mock.jobs.create(wrong), {
    code: 'BAD_FIXTURES',
    message: /request\.a: .*; request\.b: .*; request\.c: .*; and 1 more$/,
    problems: { length: 4 },
  })
})

t.test('an input is what JSON can hold', async (t) => {
  await using mock = await startMockGpudb()
  const nested: unknown[] = []
  nested.push(nested)
  for (const [value, got] of [
    [() => 1, 'request.options.a: expected a JSON value, got function'],
    [new Map(), 'request.options.a: expected a JSON value, got map'],
    [Symbol('x'), 'request.options.a: expected a JSON value, got symbol'],
    [[undefined, () => 1], 'request.options.a[1]: expected a JSON value, got function'],
    [nested, 'this is nested more than 100 levels deep'],
  ] as const) {
    const fixture = { endpoint: '/alter/table', request: { options: { a: value } } }
    const message = `Cannot create the job: ${got}`
    t.throws(() => mock.jobs.create(untyped(fixture)), { code: 'BAD_FIXTURES', message }, got)
  }
  t.equal(mock.jobs.list().total, 0)
})

t.test('keys whose value is undefined count as omitted, and an input is copied', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen' })
  t.equal(mock.clock.set(untyped({ mode: 'auto', scale: undefined })).mode, 'auto')
  const rule = { when: { endpoint: '/alter/table' }, then: { error: 'no' } }
  mock.rules.add(rule)
  rule.then.error = 'changed'
  t.equal(mock.rules.get('rule-1').rule.then.error, 'no')
})

t.test('ids are bigint in process, of all 64 bits, and filters take numbers too', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen' })
  const id: bigint = mock.jobs.create({ job_id: 2n ** 63n - 1n, endpoint: '/alter/table' }).job_id
  t.equal(id, 9223372036854775807n)
  for (let made = 0; made < 150; made += 1) mock.jobs.create({ endpoint: '/alter/table' })
  t.equal(mock.jobs.list().jobs.length, 151)
  t.strictSame(
    mock.jobs.list({ limit: 2, offset: 149 }).jobs.map(({ job_id }) => job_id),
    [149n, 150n],
  )
  const poll = (job_id: bigint) =>
    fetch(`${mock.url}/get/job`, { method: 'POST', body: `{"job_id": ${job_id}}` })
  await poll(id)
  await poll(7n)
  await poll(1000n)
  const ids = (filter: Parameters<typeof mock.requests.list>[0]) =>
    mock.requests.list(filter).requests.map((request) => [request.id, request.job_id])
  t.strictSame(ids({ job: id }), [[1, id]])
  t.strictSame(ids({ job: 7 }), [[2, 7n]])
  t.strictSame(ids({ status: 200, job: 7n }), [[2, 7n]])
  t.strictSame(ids({ status: 400 }), [[3, null]])
  for (const reference of [id, '9223372036854775807']) t.equal(mock.jobs.get(reference).job_id, id)
  t.throws(() => mock.jobs.get(2 ** 53), { code: 'BAD_REQUEST' })
  t.throws(() => mock.jobs.get(2n ** 63n), { code: 'BAD_REQUEST' })
})

t.test('H15: the regular expressions of one input have a maximum size together', async (t) => {
  const server = await startControlled(t)
  const names = Array.from({ length: 800 }, (_, index) => `n${index}`)
  for (const source of ['(?i)\\pL', 'a{990}', '(?i)[b-\\x{2000}]']) {
    const options = Object.fromEntries(names.map((name) => [name, { matches: source + name }]))
    const when = { endpoint: '*', request: { options } }
    for (const [route, input] of [
      ['POST /rules', { when, then: {} }],
      ['POST /fixtures', { rules: [{ when, then: {} }] }],
      ['POST /requests/count', { when }],
    ] as const) {
      const { status, body } = await server.control(route, input)
      t.equal(status, 422, `${route} ${source}`)
      t.match(body['detail'], /the regular expressions of the document are too la/)
    }
  }
})

type Input = Readonly<Record<string, unknown>>

/** A method, its route, and an input that both take. */
interface Case {
  readonly route: string
  readonly input: Input
  /** How the input is sent over HTTP, as a query or as a list of its values; by default as the body. */
  readonly as?: 'query' | 'list'
  /** Calls the method; a wait must be given the signal. */
  readonly call: (control: ScopeControl, input: never, signal: AbortSignal) => unknown
  /** Whether keys of the input have no meaning in process, such as that of a parameter. */
  readonly valuesOnly?: true
}

const RULE = {
  name: 'r',
  when: { endpoint: '/alter/table', nth: 1 },
  times: 2,
  then: { error: 'no' },
}
const LIFECYCLE = { steps: [{ after: '1s', progress: 40 }], outcome: 'ERROR', error: 'late' }
const FAULT = {
  name: 'lost',
  when: { endpoint: '/alter/role', request: { name: 'x' } },
  skip: 1,
  times: 2,
  probability: 0.5,
  for: '5s',
  delay: { uniform: ['1ms', '2ms'] },
  fault: { cut: { after: '50%', end: 'reset' } },
}

const JOB = {
  job_id: 9,
  tag: 'nine',
  endpoint: '/alter/table',
  encoding: 'json',
  lifecycle: LIFECYCLE,
}
const WHEN = { endpoint: '/alter/table', as: 'direct', request: { table_name: 'x' }, user: 'ann' }

const CASES: readonly Case[] = [
  {
    ...{ route: 'POST /clock', input: { mode: 'auto', now_ms: START_MS + 5, poll_advance: '2s' } },
    call: ({ clock }, input) => clock.set(input),
  },
  {
    ...{ route: 'POST /clock/advance', input: { by: '2s' }, valuesOnly: true },
    call: ({ clock }, { by }) => clock.advance(by),
  },
  {
    ...{ route: 'GET /jobs', as: 'query' },
    input: { status: 'DONE', endpoint: '/alter/table', tag: 'seven', limit: 5, offset: 0 },
    call: ({ jobs }, input) => jobs.list(input),
  },
  { route: 'POST /jobs', input: JOB, call: ({ jobs }, input) => jobs.create(input) },
  {
    ...{
      route: 'PATCH /jobs/7',
      input: { progress: 50, response: { table_name: 'x' }, lifecycle: LIFECYCLE },
    },
    call: ({ jobs }, input) => jobs.patch(7, input),
  },
  {
    ...{ route: 'POST /jobs/7/finish', input: { outcome: 'DONE', response: { table_name: 'x' } } },
    call: ({ jobs }, input) => jobs.finish(7, input),
  },
  {
    ...{ route: 'GET /jobs/7/wait', input: { status: 'DONE', timeout: '1h' }, as: 'query' },
    call: ({ jobs }, input: object, signal) => jobs.wait(7, { ...input, signal }),
  },
  { route: 'POST /rules', input: RULE, call: ({ rules }, input) => rules.add(input) },
  {
    route: 'PUT /rules/rule-1',
    input: RULE,
    call: ({ rules }, input) => rules.put('rule-1', input),
  },
  { route: 'POST /faults', input: FAULT, call: ({ faults }, input) => faults.add(input) },
  {
    route: 'PUT /faults/fault-1',
    input: FAULT,
    call: ({ faults }, input) => faults.put('fault-1', input),
  },
  {
    ...{ route: 'PATCH /faults/fault-1', input: { enabled: true } },
    call: ({ faults }, input) => faults.patch('fault-1', input),
  },
  {
    route: 'PATCH /clusters/a',
    input: { state: 'offline', for: '1s', drain: '2s', jobs: 'lose' },
    call: ({ clusters }, input) => clusters.patch('a', input),
  },
  {
    ...{ route: 'PUT /timeline', as: 'list' },
    input: {
      0: { at: '1s', cluster: 'a', state: 'down', for: '1s', drain: '2s', jobs: 'lose' },
      1: { at: 2, fault: 'fault-1', enabled: true },
      2: { at: 3, job: 'seven', finish: { outcome: 'ERROR', error: 'late' } },
      3: { at: 4, job: 7, release: true },
    },
    call: ({ timeline }, input) => timeline.put(Object.values(input)),
  },
  {
    ...{ route: 'POST /fixtures', input: { jobs: [JOB], rules: [RULE], faults: [FAULT] } },
    call: ({ fixtures }, input) => fixtures.load(input),
  },
  {
    ...{ route: 'GET /requests', as: 'query' },
    input: { endpoint: '*', status: 200, rule: 'r', job: 7, after: 1, limit: 5, offset: 0 },
    call: ({ requests }, input) => requests.list(input),
  },
  {
    ...{ route: 'POST /requests/count', input: { when: WHEN } },
    call: ({ requests }, input) => requests.count(input),
  },
  {
    ...{
      route: 'POST /requests/verify',
      input: { when: WHEN, times: { at_least: 0, at_most: 2 } },
    },
    call: ({ requests }, input) => requests.verify(input),
  },
  {
    ...{ route: 'POST /requests/wait', input: { when: WHEN, at_least: 1, timeout: '1h' } },
    call: ({ requests }, input: { when: never }, signal) => requests.wait({ ...input, signal }),
  },
  {
    ...{ route: 'POST /polls/verify' },
    input: {
      job: 7,
      times: { exactly: 0 },
      gaps: { at_least: 1, at_most: '1s' },
      growing: false,
      stops: true,
    },
    call: ({ polls }, input) => polls.verify(input),
  },
  {
    ...{ route: 'GET /report', input: { checks: ['unmatched'] }, as: 'query', valuesOnly: true },
    call: (control, { checks }) => control.report([checks].flat()),
  },
]

/** A change to an input. */
interface Mistake {
  /** Chooses one of its keys, at any depth. */
  readonly at: number
  readonly kind: 'rename' | 'remove' | 'add' | 'replace'
  readonly value: unknown
}

const TEXTS = ['', 'x', 'Done', '2 hours', 'tag:x', '/alter/tabel']
const NUMBERS = [-1, 0, 1.5, 150]
const OTHERS = [null, true, [], ['x'], {}, { a: 1 }, 2n ** 63n, START_MS - 5]

const mistake = ({ as, valuesOnly }: Case): fc.Arbitrary<Mistake> =>
  fc.record({
    at: fc.nat(100),
    kind: fc.constantFrom(...(valuesOnly ? ['replace'] : ['rename', 'remove', 'add', 'replace'])),
    value: fc.constantFrom<unknown>(...TEXTS, ...NUMBERS, ...(as === 'query' ? [] : OTHERS)),
  }) as fc.Arbitrary<Mistake>

/** All objects and lists of an input, each with its keys. */
function placesOf(
  value: unknown,
): { readonly holder: Record<string, unknown>; readonly key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key])])
}

function makeMistake({ input, as }: Case, { at, kind, value }: Mistake): Input {
  const copy = structuredClone(input)
  const places = placesOf(copy)
  const { holder = {}, key = '' } = places[at % places.length] ?? {}
  const old = holder[key]
  // A query has texts where the method takes texts, or a list of them.
  if (kind === 'replace') holder[key] = as === 'query' && isText(old) ? String(value) : value
  else if (kind === 'add') holder[`${key}_too`] = value
  else delete holder[key]
  if (kind === 'rename') holder[`${key.slice(0, -1)}`] = old
  return copy
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || Array.isArray(value)
}

/** What a caller sees of a rejected call; of an accepted one, nothing. */
interface Outcome {
  readonly code: unknown
  readonly message: unknown
  readonly problems: unknown
}

const ACCEPTED: Outcome = { code: undefined, message: undefined, problems: [] }

async function inProcess({ call }: Case, control: ScopeControl, input: Input): Promise<Outcome> {
  try {
    await call(control, input as never, AbortSignal.abort())
    return ACCEPTED
  } catch (error) {
    const { code, message, problems = [] } = error as Partial<Outcome>
    return { code, message, problems }
  }
}

function bodyOf(input: Input, as: Case['as']): unknown {
  if (as === 'query') return undefined
  return as === 'list' ? Object.values(input) : input
}

async function overHttp({ route, as }: Case, server: Controlled, input: Input): Promise<Outcome> {
  const texts = Object.entries(input).map(
    ([key, value]) => [key, String(value)] as [string, string],
  )
  const query = as === 'query' ? `?${new URLSearchParams(texts)}` : ''
  const body = bodyOf(input, as)
  const { status, body: answer } = await server.control(`${route}${query}`, body, 'http')
  if (status < 400) return ACCEPTED
  return { code: answer['code'], message: answer['detail'], problems: answer['problems'] ?? [] }
}

/** A scope with a held job, a rule and a fault. */
function openScope({ mock }: Controlled, name: string): ScopeControl {
  if (mock.scopes.find(name)) mock.scopes.remove(name)
  mock.scopes.open(name)
  const control = new ScopeControl(
    { name, find: () => mock.scopes.get(name), assertUsable: () => mock.scopes.assertRuns() },
    mock,
  )
  const held: FixtureLifecycle = { steps: [{ hold: true, progress: 30 }] }
  control.jobs.create({ job_id: 7, tag: 'seven', endpoint: '/alter/table', lifecycle: held })
  control.rules.add({ when: { endpoint: '/alter/role' }, then: {} })
  control.faults.add({ fault: 'reset', enabled: false })
  return control
}

function stateOf({ clock, clusters, timeline, fixtures }: ScopeControl): readonly unknown[] {
  return [clock.get(), clusters.list(), timeline.list(), fixtures.save()]
}

const server = await startControlled(t)

for (const each of CASES) {
  t.test(`${each.route} and its method reject the same inputs by the same errors`, async (t) => {
    const rejected = new Set<unknown>()
    await fc.assert(
      fc.asyncProperty(mistake(each), async (made) => {
        const input = makeMistake(each, made)
        const [here, there] = ['process', 'http'].map((name) => openScope(server, name)) as [
          ScopeControl,
          ScopeControl,
        ]
        const before = [stateOf(here), stateOf(there)]
        const outcome = await inProcess(each, here, input)
        // The input of a wait is valid if the wait begins.
        if (outcome.code === 'WAIT_ABORTED') return
        deepStrictEqual(await overHttp(each, server, input), outcome)
        if (outcome === ACCEPTED) return
        rejected.add(outcome.code)
        deepStrictEqual([stateOf(here), stateOf(there)], before)
      }),
      { numRuns: 60, seed: 7 },
    )
    t.ok(rejected.size > 0, `rejected by ${[...rejected].join(', ')}`)
  })
}

t.test('a reference to a job is rejected alike, and every 64-bit id is taken', async (t) => {
  const control = openScope(server, 'http')
  for (const id of ['0', 'seven', 'tag:', 'tag:none', '-1', '9223372036854775808', '7.0', '8']) {
    const here = await inProcess(
      { route: '', input: {}, call: ({ jobs }) => jobs.get(id) },
      control,
      {},
    )
    const there = await overHttp(
      { route: `GET /jobs/${id}`, input: {}, as: 'query', call: () => {} },
      server,
      {},
    )
    t.strictSame(there, here, id)
    t.match(here.code, /^(BAD_REQUEST|JOB_NOT_FOUND)$/)
  }
  t.match(await server.must('GET /requests?job=9007199254740993'), { total: 0 })
  t.match(await server.must('GET /requests?job=9223372036854775807'), { total: 0 })
})
