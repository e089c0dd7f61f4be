import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { ScopeControl } from '../../src/control/scope-control.ts'
import type { FixtureDocument, FixtureLifecycle } from '../../src/index.ts'
import { type Controlled, startControlled } from '../support/control.ts'
import { START_MS } from '../support/server.ts'

type Input = Readonly<Record<string, unknown>>

/** A method, its route, and an input that both take. */
interface Case {
  readonly route: string
  readonly input: Input
  /** How the input is sent over HTTP; by default as the body. */
  readonly as?: 'query'
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
  {
    ...{ route: 'POST /fixtures', input: { jobs: [JOB], rules: [RULE] } },
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

async function overHttp({ route, as }: Case, server: Controlled, input: Input): Promise<Outcome> {
  const texts = Object.entries(input).map(
    ([key, value]) => [key, String(value)] as [string, string],
  )
  const query = as === 'query' ? `?${new URLSearchParams(texts)}` : ''
  const body = as === 'query' ? undefined : input
  const { status, body: answer } = await server.control(`${route}${query}`, body, 'http')
  if (status < 400) return ACCEPTED
  return { code: answer['code'], message: answer['detail'], problems: answer['problems'] ?? [] }
}

/** A scope with a held job and a rule. */
function openScope({ mock }: Controlled, name: string): ScopeControl {
  if (mock.scopes.find(name)) mock.scopes.remove(name)
  mock.scopes.open(name)
  const control = new ScopeControl({ name, find: () => mock.scopes.get(name) }, mock)
  const held: FixtureLifecycle = { steps: [{ hold: true, progress: 30 }] }
  control.jobs.create({ job_id: 7, tag: 'seven', endpoint: '/alter/table', lifecycle: held })
  control.rules.add({ when: { endpoint: '/alter/role' }, then: {} })
  return control
}

function stateOf({ clock, fixtures }: ScopeControl): readonly [unknown, FixtureDocument] {
  return [clock.get(), fixtures.save()]
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
