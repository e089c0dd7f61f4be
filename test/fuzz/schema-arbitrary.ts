import fc from 'fast-check'
import { anyWord, findValues } from './words.ts'

/** The part of JSON Schema in which the control API and fixtures are described. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly minimum?: number
  readonly maximum?: number
}

/** Finds the schema of a reference. */
export type FindSchema = (reference: string) => JsonSchema

/** How deep values are nested at most; deeper ones are words. */
const MAX_DEPTH = 8

/** Documents that mostly satisfy a schema, with values that suit the names of their keys. */
export function documentOf(schema: JsonSchema, find: FindSchema): fc.Arbitrary<unknown> {
  return new Documents(find).valueOf(schema, { name: '', depth: 0 })
}

interface Place {
  /** The key of the value. */
  readonly name: string
  readonly depth: number
}

class Documents {
  readonly #find: FindSchema

  constructor(find: FindSchema) {
    this.#find = find
  }

  valueOf(schema: JsonSchema, place: Place): fc.Arbitrary<unknown> {
    const { $ref, anyOf } = schema
    if (place.depth > MAX_DEPTH) return anyWord
    if ($ref !== undefined) return this.valueOf(this.#find($ref), place)
    if ('const' in schema) return fc.constant(schema.const)
    if (schema.enum) return fc.constantFrom(...schema.enum)
    const values = findValues(place.name)
    if (values && schema.type !== 'object' && schema.type !== 'array') return values
    if (anyOf) return fc.oneof(...anyOf.map((one) => this.valueOf(one, place)))
    return this.#typed(schema, place)
  }

  #typed(schema: JsonSchema, place: Place): fc.Arbitrary<unknown> {
    const { type, minimum: min = -2, maximum: max = 200 } = schema
    switch (type) {
      case 'object':
        return this.#object(schema, place)
      case 'array':
        return this.#array(schema, place)
      case 'boolean':
        return fc.boolean()
      case 'integer':
        return fc.oneof(fc.integer({ min, max: Math.max(min, max) }), fc.constant(2 ** 53 - 1))
      case 'number':
        return fc.oneof(fc.double(), fc.integer({ min, max: Math.max(min, max) }))
      case 'string':
        return anyWord
    }
    return anyLoose
  }

  #object({ properties, required = [] }: JsonSchema, { depth }: Place): fc.Arbitrary<unknown> {
    if (properties === undefined) return anyFields
    const entries = Object.entries(properties).map(([name, schema]) => {
      return [name, this.valueOf(schema, { name, depth: depth + 1 })] as const
    })
    const model = Object.fromEntries(entries)
    const requiredKeys = required.filter((name) => name in model)
    return fc.record(model, { requiredKeys })
  }

  #array({ items = {}, minItems: minLength = 0 }: JsonSchema, place: Place) {
    const item = this.valueOf(items, { ...place, depth: place.depth + 1 })
    return fc.array(item, { minLength, maxLength: minLength + 3 })
  }
}

/** Any JSON value. */
const anyLoose: fc.Arbitrary<unknown> = fc.oneof(
  anyWord,
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, {}, [], { matches: 'a' }, 1.5, -0, 1e21, 2 ** 63),
)

/** Fields of requests and responses: names that many records have. */
const anyFields = fc.dictionary(
  fc.constantFrom('table_name', 'options', 'info', 'action', 'value', 'job_id', 'nosuch', 'data'),
  fc.oneof(anyLoose, fc.dictionary(fc.constantFrom('a', 'b'), anyLoose, { maxKeys: 2 })),
  { maxKeys: 3 },
)
