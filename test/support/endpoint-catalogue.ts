import { readFileSync } from 'node:fs'
import type { AvroSchema, BranchSchema } from '../../src/avro/avro-schema.ts'

/** A field in the catalogue of the documentation. */
export interface CatalogueField {
  readonly name: string
  readonly type: AvroSchema
}

/** A record in the catalogue of the documentation. */
export interface CatalogueRecord {
  readonly name: string
  readonly fields: readonly CatalogueField[]
}

/** A line of `endpoint-catalogue.tsv`. */
export interface CatalogueLine {
  readonly endpoint: string
  readonly request: CatalogueRecord
  readonly response: CatalogueRecord
}

/** All lines of `endpoint-catalogue.tsv`, which is independent of `schemas/`. */
export const catalogueLines: readonly CatalogueLine[] = readFileSync(
  new URL('endpoint-catalogue.tsv', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line.startsWith('/'))
  .map(parseLine)

/** Every record of the catalogue, with its endpoint. */
export const catalogueRecords = catalogueLines.flatMap(({ endpoint, request, response }) => [
  { endpoint, role: 'request' as const, record: request },
  { endpoint, role: 'response' as const, record: response },
])

function parseLine(line: string): CatalogueLine {
  const [endpoint = '', request = '', sent = '', response = '', answered = ''] = line.split('\t')
  return {
    endpoint,
    request: { name: request, fields: parseFields(sent) },
    response: { name: response, fields: parseFields(answered) },
  }
}

function parseFields(text: string): CatalogueField[] {
  return text.split(' ').map((field) => {
    const [name = '', type = ''] = field.split(':')
    return { name, type: parseType(type) }
  })
}

function parseType(text: string): AvroSchema {
  const branches = splitUnion(text).map(parseBranch)
  const [only] = branches
  return branches.length === 1 && only !== undefined ? only : branches
}

/** Splits at every `|` outside brackets. */
function splitUnion(text: string): string[] {
  let depth = 0
  const parts = ['']
  for (const character of text) {
    depth += Number(character === '<') - Number(character === '>')
    if (character === '|' && depth === 0) parts.push('')
    else parts.push(`${parts.pop()}${character}`)
  }
  return parts
}

function parseBranch(text: string): BranchSchema {
  const [, kind, inner = ''] = /^(array|map)<(.*)>$/.exec(text) ?? []
  if (kind === 'array') return { type: 'array', items: parseType(inner) }
  if (kind === 'map') return { type: 'map', values: parseType(inner) }
  switch (text) {
    case 'null':
    case 'boolean':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'bytes':
    case 'string':
      return text
  }
  throw new Error(`The catalogue has an unknown type: ${text}`)
}
