import fc from 'fast-check'
import { anyRecord } from '../support/avro-arbitrary.ts'
import { ENCODINGS, encodeRecord, MEDIA_TYPES } from '../support/encode-record.ts'
import { catalogueLines } from '../support/endpoint-catalogue.ts'
import { findIn, type OpenapiDocument } from './control-inputs.ts'
import { type Input, inputOf } from './input.ts'
import { anyDocumentChange, changeDocument } from './mutation.ts'
import { documentOf } from './schema-arbitrary.ts'

const RULES_SCOPE = '/~rules'

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
    { weight: 2, arbitrary: postOf('/fixtures', fixtures) },
    { weight: 4, arbitrary: postOf('/rules', rules) },
    { weight: 4, arbitrary: postOf('/rules', fc.oneof(...CALLED.map(ruleFor))) },
    { weight: 9, arbitrary: anyCallOfRules },
    { weight: 1, arbitrary: fc.constantFrom(...READS) },
    { weight: 1, arbitrary: fc.constant(controlOf('DELETE', '/rules')) },
  )
}

const READS = [
  '/rules',
  '/fixtures',
  '/report?checks=all',
  '/requests?limit=3',
  '/jobs?limit=3',
].map((route) => controlOf('GET', route))

function controlOf(method: string, route: string): Input {
  return inputOf({ method, path: `${RULES_SCOPE}/__mock${route}` }, { kind: 'control' })
}

function postOf(route: string, documents: fc.Arbitrary<unknown>): fc.Arbitrary<Input> {
  return fc
    .tuple(documents, fc.option(anyDocumentChange, { freq: 3 }))
    .map(([document, change]) => {
      const value = change ? changeDocument(document, change) : document
      const body = Buffer.from(JSON.stringify(value) ?? '')
      const path = `${RULES_SCOPE}/__mock${route}`
      return inputOf({ method: 'POST', path, body }, { kind: 'control' })
    })
}

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

const anyCallOfRules: fc.Arbitrary<Input> = fc.oneof(
  ...catalogueLines
    .filter(({ endpoint }) => CALLED.includes(endpoint))
    .map(({ endpoint, request }) =>
      fc
        .tuple(anyRecord(request.fields), fc.constantFrom(...ENCODINGS))
        .map(([record, encoding]) => {
          const headers = { 'content-type': MEDIA_TYPES[encoding] }
          const body = encodeRecord(request.fields, { record, encoding })
          const path = `${RULES_SCOPE}${endpoint}`
          const expected = { kind: 'call', endpoint, hasRules: true } as const
          return inputOf({ method: 'POST', path, headers, body }, expected)
        }),
    ),
)
