import type { AvroSchema, RecordSchema } from '../src/avro/avro-schema.ts'
import type { Catalogue } from '../src/avro/catalogue.ts'

const HEADER = `/** An Avro map; its keys are strings. */
type Dictionary<Value> = Readonly<Record<string, Value>>

/**
 * The records of every endpoint as TypeScript types. Generated from the schemas by
 * \`npm run generate\`; a test fails if this file is out of date.
 */
export interface EndpointTypes {`

const PRIMITIVES = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'bigint',
  float: 'number',
  double: 'number',
  bytes: 'Buffer',
  string: 'string',
} as const

/** The source text of `src/gpudb/endpoint-types.ts`, from the schemas. */
export function renderEndpointTypes(catalogue: Catalogue): string {
  const endpoints = catalogue.endpoints.map((endpoint) => {
    const records = catalogue.get(endpoint)
    const request = renderRecord('request', records.request.schema)
    const response = renderRecord('response', records.response.schema)
    return `  '${endpoint}': {\n${request}${response}  }\n`
  })
  return `${HEADER}\n${endpoints.join('')}}\n`
}

function renderRecord(role: string, schema: RecordSchema): string {
  const fields = schema.fields.map(({ name, type }) => `      ${name}: ${renderType(type)}\n`)
  return `    ${role}: {\n${fields.join('')}    }\n`
}

function renderType(schema: AvroSchema): string {
  if (typeof schema === 'string') return PRIMITIVES[schema]
  if (!('type' in schema)) return schema.map(renderType).join(' | ')
  if (schema.type === 'map') return `Dictionary<${renderType(schema.values)}>`
  return `readonly ${renderType(schema.items).replace(/^readonly (.*)$/, '(readonly $1)')}[]`
}
