import type { MessageSchema, ValueSchema } from '../src/avro/avro-schema.ts'
import type { Catalogue } from '../src/avro/catalogue.ts'

const HEADER = `import type { JobValue } from '../jobs/job.ts'

/** An Avro map; its keys are strings. */
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
  object: 'Dictionary<JobValue>',
} as const

/** The source text of `src/gpudb-parts/endpoint-types.ts`, from the schemas. */
export function renderEndpointTypes(catalogue: Catalogue): string {
  const endpoints = catalogue.endpoints.map((endpoint) => {
    const records = catalogue.get(endpoint)
    const request = renderRecord('request', records.request.schema)
    const response = renderRecord('response', records.response.schema)
    return `  '${endpoint}': {\n${request}${response}  }\n`
  })
  return `${HEADER}\n${endpoints.join('')}}\n`
}

function renderRecord(role: string, schema: MessageSchema): string {
  return `    ${role}: ${renderFields(schema, '    ')}\n`
}

function renderFields({ fields }: MessageSchema, indent: string): string {
  const inside = `${indent}  `
  const lines = fields.map(({ name, type }) => `${inside}${name}: ${renderType(type, inside)}\n`)
  return `{\n${lines.join('')}${indent}}`
}

function renderType(schema: ValueSchema, indent: string): string {
  if (typeof schema === 'string') return PRIMITIVES[schema]
  if (!('type' in schema)) return schema.map((branch) => renderType(branch, indent)).join(' | ')
  if (schema.type === 'record') return renderFields(schema, indent)
  if (schema.type === 'map') return `Dictionary<${renderType(schema.values, indent)}>`
  return `readonly ${renderType(schema.items, indent).replace(/^readonly (.*)$/, '(readonly $1)')}[]`
}
