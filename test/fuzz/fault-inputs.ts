import fc from 'fast-check'
import { findIn, type OpenapiDocument } from './control-inputs.ts'
import { type Input, inputOf } from './input.ts'
import { documentOf } from './schema-arbitrary.ts'
import { ScopeInputs } from './scope-inputs.ts'

/** The scope of all calls that faults can strike. */
export const FAULTS_SCOPE = '/~faults'

const scope = new ScopeInputs(FAULTS_SCOPE)

/** The endpoints that the calls use. */
const CALLED = ['/alter/table', '/has/table', '/execute/sql', '/get/job', '/show/system/status']

/** Faults that are added, switched, replaced and removed, and the calls that they strike. */
export function faultInputs(document: OpenapiDocument): fc.Arbitrary<Input> {
  const { FixtureFault = {} } = document.components.schemas
  const faults = documentOf(FixtureFault, findIn(document))
  const route = '/faults'
  return fc.oneof(
    { weight: 3, arbitrary: scope.documents({ route }, faults) },
    { weight: 6, arbitrary: scope.documents({ route }, anyFault) },
    { weight: 2, arbitrary: scope.documents({ route: '/fixtures' }, anyFixture) },
    { weight: 1, arbitrary: changesOf('PUT', anyFault) },
    { weight: 1, arbitrary: changesOf('PATCH', fc.record({ enabled: fc.boolean() })) },
    { weight: 12, arbitrary: anyCallOfFaults },
    { weight: 1, arbitrary: scope.documents({ route: '/clock' }, anyMode) },
    { weight: 1, arbitrary: fc.constantFrom(...PLAIN) },
  )
}

const IDS = ['fault-1', 'fault-2', 'fault-3', 'fault-9', 'x'] as const

const PLAIN = [
  ...['/faults', '/faults/fault-1', '/fixtures', '/report?checks=all', '/requests?limit=3'].map(
    (route) => scope.control('GET', route),
  ),
  ...IDS.map((id) => scope.control('DELETE', `/faults/${id}`)),
  scope.control('DELETE', '/faults'),
  scope.control('POST', '/reload'),
]

function changesOf(method: string, documents: fc.Arbitrary<unknown>): fc.Arbitrary<Input> {
  return fc.oneof(
    ...IDS.map((id) => scope.documents({ method, route: `/faults/${id}` }, documents)),
  )
}

const anyMode = fc.constantFrom({ mode: 'frozen' }, { mode: 'auto' })

const anySize = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constantFrom(100_000, 1_048_576))
const anyTime = fc.constantFrom('0', '1ms', '250ms', '1h')
const anyMoment = fc.constantFrom('answer', 'answer', 'answer', 'request')
const anyPart = fc.constantFrom('wrapper', 'data', 'job_response')

const anyCodec = fc.oneof(
  fc.record({ truncate: fc.record({ part: anyPart, bytes: anySize }) }),
  fc.record({ flip: fc.record({ part: anyPart, bits: anySize }) }),
  fc.record({ claim: fc.record({ part: anyPart, length: fc.oneof(anySize, fc.constant(0)) }) }),
  fc.record({ record: fc.constantFrom('show_table_response', 'get_job_response', 'nosuch') }),
  fc.record({ data_type: fc.constantFrom('', 'other', 'ä') }),
  fc.record({ status: fc.constantFrom('', 'MAYBE', 'ERROR') }),
  fc.record({ omit: fc.constantFrom(['status'], ['data', 'data_str'], ['table_exists', 'info']) }),
  fc.record({ trailing: anySize }),
  fc.record({ as: fc.constantFrom('json', 'binary', 'snappy') }),
)

const anyCut = fc.record(
  {
    after: fc.oneof(fc.nat(400), fc.constantFrom('0%', '50%', '100%')),
    end: fc.constantFrom('close', 'close', 'reset', 'reset', 'hang'),
    part: fc.constantFrom('head', 'body'),
  },
  { requiredKeys: ['after'] },
)

const anyHttp = fc.record(
  {
    status: fc.oneof(fc.integer({ min: 200, max: 599 }), fc.constantFrom(204, 304, 502, 503)),
    page: fc.constantFrom('html', 'wrapper', 'empty'),
    phrase: fc.constantFrom('', 'Kinetica is offline', '<b>', 'a\tb'),
  },
  { requiredKeys: ['status'] },
)

const anyDamage: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('reset', 'close', 'empty', 'garbage') },
  // A client waits for it until it leaves, which takes long.
  { weight: 1, arbitrary: fc.constantFrom('hang', { hang: {} }) },
  { weight: 2, arbitrary: fc.record({ hang: fc.record({ for: anyTime }) }) },
  { weight: 2, arbitrary: fc.record({ garbage: fc.record({ bytes: anySize }) }) },
  { weight: 5, arbitrary: fc.record({ cut: anyCut }) },
  { weight: 2, arbitrary: fc.record({ slow: fc.record({ rate: anySize }) }) },
  { weight: 2, arbitrary: fc.record({ slow: fc.record({ chunk: anySize, every: anyTime }) }) },
  { weight: 2, arbitrary: fc.record({ chunks: fc.constantFrom('bad_size', 'no_end') }) },
  { weight: 5, arbitrary: fc.record({ http: anyHttp }) },
  { weight: 8, arbitrary: fc.record({ codec: anyCodec }) },
)

const anyDelay: fc.Arbitrary<unknown> = fc.oneof(
  anyTime,
  fc.record({ uniform: fc.tuple(fc.constantFrom('0', '1ms'), fc.constantFrom('1ms', '2s')) }),
  fc.record({
    lognormal: fc.record({ median: anyTime, sigma: fc.constantFrom(0, 0.4, 10), max: anyTime }),
  }),
)

const anyConditions = fc.record(
  {
    user: fc.constantFrom('', 'ann'),
    encoding: fc.constantFrom('json', 'binary', 'snappy'),
    request: fc.constantFrom({ job_id: 1 }, { table_name: { matches: '.' } }, { nosuch: 1 }),
  },
  { requiredKeys: [] },
)

const anyWhen = fc
  .tuple(
    fc.constantFrom(...CALLED, '*', '*', '*', '/', '/get/*'),
    fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: anyConditions }),
  )
  .map(([endpoint, conditions]) => ({ endpoint, ...conditions }))

/** What keeps faults from striking; most faults have nothing of it. */
const anyRestraint = fc.record(
  {
    skip: fc.nat(2),
    times: fc.integer({ min: 1, max: 3 }),
    probability: fc.constantFrom(0, 0.5, 1),
    seed: fc.nat(9),
    for: anyTime,
    enabled: fc.boolean(),
  },
  { requiredKeys: [] },
)

/** A fault that mostly is valid; on a clock that is `auto`, its times pass at once. */
const anyFault = fc
  .tuple(
    fc.record({ when: anyWhen, fault: anyDamage, at: anyMoment }, { requiredKeys: ['fault'] }),
    fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: anyRestraint }),
    fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, fc.record({ delay: anyDelay })),
  )
  .map(([fault, restraint, delay]) => ({ ...fault, ...restraint, ...delay }))

const anyFixture = fc.record({ faults: fc.array(anyFault, { minLength: 1, maxLength: 4 }) })

const anyGet = fc
  .constantFrom(['GET', '/'], ['HEAD', '/'], ['HEAD', '/get/records/json'])
  .map(([method = '', path = '']) => {
    return inputOf({ method, path: `${FAULTS_SCOPE}${path}` }, { kind: 'struck' })
  })

const anyCallOfFaults = fc.oneof(
  { weight: 5, arbitrary: scope.calls(CALLED, (endpoint) => ({ kind: 'struck', endpoint })) },
  { weight: 1, arbitrary: anyGet },
)
