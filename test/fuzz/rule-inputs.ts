import fc from 'fast-check'
import { catalogueLines } from '../support/endpoint-catalogue.ts'
import { findIn, type OpenapiDocument } from './control-inputs.ts'
import type { Input } from './input.ts'
import { documentOf } from './schema-arbitrary.ts'
import { ScopeInputs } from './scope-inputs.ts'

const scope = new ScopeInputs('/~rules')

/** The endpoints that the calls use; rules with a `*` and rules for all endpoints match them too. */
const CALLED = [
  '/alter/table',
  '/has/table',
  '/execute/sql',
  '/get/job',
  '/create/job',
  '/show/table',
]

/** Fixtures and rules that are added to a scope, and the calls that they answer. */
export function ruleInputs(document: OpenapiDocument): fc.Arbitrary<Input> {
  const find = findIn(document)
  const { FixtureDocument = {}, FixtureRule = {} } = document.components.schemas
  const fixtures = documentOf(FixtureDocument, find)
  const rules = documentOf(FixtureRule, find)
  return fc.oneof(
    { weight: 2, arbitrary: scope.documents({ route: '/fixtures' }, fixtures) },
    { weight: 4, arbitrary: scope.documents({ route: '/rules' }, rules) },
    {
      weight: 4,
      arbitrary: scope.documents({ route: '/rules' }, fc.oneof(...CALLED.map(ruleFor))),
    },
    { weight: 9, arbitrary: anyCallOfRules },
    { weight: 1, arbitrary: fc.constantFrom(...READS) },
    { weight: 1, arbitrary: fc.constant(scope.control('DELETE', '/rules')) },
  )
}

const READS = [
  '/rules',
  '/fixtures',
  '/report?checks=all',
  '/requests?limit=3',
  '/jobs?limit=3',
].map((route) => scope.control('GET', route))

/** A valid rule, whose response is a whole record of the endpoint. */
function ruleFor(endpoint: string): fc.Arbitrary<unknown> {
  const fields = catalogueLines.find((line) => line.endpoint === endpoint)?.response.fields ?? []
  const texts = fields.filter(({ type }) => type === 'string').map(({ name }) => name)
  const templates = fc.constantFrom(
    '{{request.table_name}}',
    '{{request.options.a}}',
    '{{uuid}}',
    'x',
  )
  const response = fc.record(Object.fromEntries(texts.map((name) => [name, templates])), {
    requiredKeys: [],
  })
  return fc.record({
    when: fc.constant({ endpoint }),
    then: fc.oneof(
      fc.record({ response }),
      fc.constantFrom<unknown>(
        { error: 'no such table', http_status: 503 },
        { response: {}, delay: '1h' },
        { error: 'Kinetica is offline' },
      ),
    ),
  })
}

const anyCallOfRules = scope.calls(CALLED, (endpoint) => {
  return { kind: 'call', endpoint, hasRules: true }
})
