import fc from 'fast-check'
import { type Input, inputOf } from './input.ts'
import { anyByteChanges, anyDocumentChange, changeBytes, changeDocument } from './mutation.ts'
import { documentOf, type FindSchema, type JsonSchema } from './schema-arbitrary.ts'
import { anyWord, findValues } from './words.ts'

/** The part of an OpenAPI document that describes the routes. */
export interface OpenapiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>
  }
}

/** Requests that change scopes of other targets, or wait for seconds, are not among them. */
const anyScope = fc.constantFrom('', '/~fuzz-a', '/~fuzz-b', '/~nosuch', '/gpudb-0', '/~a%2Fb')

/** The description itself takes the mock long to write. */
const ORDINARY_WEIGHT = 20

/** Requests to every route of the control API, valid or not, by its own description. */
export function controlInputs(document: OpenapiDocument): fc.Arbitrary<Input> {
  const find = findIn(document)
  // A stream of events has no end.
  const finite = Object.entries(document.paths).filter(([path]) => !path.endsWith('/events'))
  const routes = finite.flatMap(([path, operations]) => {
    return Object.entries(operations).map(([method, operation]) => ({
      weight: path.endsWith('/openapi.json') ? 1 : ORDINARY_WEIGHT,
      arbitrary: routeInputs({ method: method.toUpperCase(), path, operation }, find),
    }))
  })
  return fc.oneof(...routes)
}

/** Finds the schemas that the document refers to. */
export function findIn({ components }: OpenapiDocument): FindSchema {
  return (reference) => components.schemas[reference.split('/').at(-1) ?? ''] ?? {}
}

interface Route {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

function routeInputs({ method, path, operation }: Route, find: FindSchema): fc.Arbitrary<Input> {
  const { parameters = [], requestBody } = operation
  const namesIn = (place: string) =>
    parameters.filter((one) => one.in === place).map(({ name }) => name)
  const schema = requestBody?.content['application/json']?.schema
  const waits = path.endsWith('/wait')
  return fc
    .record({
      scope: anyScope,
      inPath: fc.record(Object.fromEntries(namesIn('path').map((name) => [name, anyValue(name)]))),
      inQuery: anyQuery(namesIn('query')),
      body: schema ? bodiesOf(documentOf(schema, find), waits) : anyUnwantedBody,
      method: fc.oneof(
        { weight: 20, arbitrary: fc.constant(method) },
        { weight: 1, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD') },
      ),
    })
    .map(({ scope, inPath, inQuery, body, method }) => {
      const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
        encodeURIComponent(String(inPath[name])),
      )
      const target = `${scope}${filled}${inQuery}`
      return inputOf({ method, path: target, ...(body ? { body } : {}) }, { kind: 'control' })
    })
}

function anyValue(name: string): fc.Arbitrary<string | number> {
  return fc.oneof({ weight: 6, arbitrary: findValues(name) ?? anyWord }, anyWord)
}

/** A wait always has its timeout, which is short. */
function anyQuery(names: readonly string[]): fc.Arbitrary<string> {
  const model = Object.fromEntries(
    names.map((name) => [name, name === 'timeout' ? shortTimes : anyValue(name)]),
  )
  return fc
    .record(model, { requiredKeys: names.filter((name) => name === 'timeout') })
    .map((values) => {
      const query = Object.entries(values).map(([name, value]) => {
        return `${name}=${encodeURIComponent(String(value))}`
      })
      return query.length === 0 ? '' : `?${query.join('&')}`
    })
}

const shortTimes = fc.constantFrom('0', '1ms', '2ms', '-1', 'x', '')

const anyUnwantedBody = fc.option(fc.constantFrom('{}', '[', 'null').map(Buffer.from), {
  nil: undefined,
  freq: 9,
})

/** Bodies with or without a change; a wait keeps its short timeout, so its bytes stay. */
function bodiesOf(documents: fc.Arbitrary<unknown>, waits: boolean): fc.Arbitrary<Buffer> {
  const changed = fc
    .tuple(documents, fc.option(anyDocumentChange, { freq: 2 }))
    .map(([document, change]) => {
      const value = change ? changeDocument(document, change) : document
      const text = waits && isPlainObject(value) ? { ...value, timeout: '1ms' } : value
      return Buffer.from(JSON.stringify(text) ?? '')
    })
  if (waits) return changed
  return fc.tuple(changed, fc.option(anyByteChanges, { freq: 5 })).map(([body, changes]) => {
    return changes ? changeBytes(body, changes) : body
  })
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
