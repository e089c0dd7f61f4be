import type { FieldSchema, ValueSchema } from '../avro/avro-schema.ts'
import type { Catalogue } from '../avro/catalogue.ts'
import type { EndpointRecords } from '../avro/endpoint-records.ts'
import { endpointMatcher } from '../patterns/endpoint-pattern.ts'

/** One or more endpoints of a catalogue: those for which a rule or a job is. */
export class MatchedEndpoints {
  readonly names: readonly string[]
  readonly #catalogue: Catalogue
  /** Cached results of `responseFields`. */
  readonly #fields = new Map<string, readonly FieldSchema<ValueSchema>[]>()

  constructor(catalogue: Catalogue, names: readonly string[]) {
    this.#catalogue = catalogue
    this.names = names
  }

  /** The records, if there is only one endpoint. */
  get sole(): EndpointRecords | undefined {
    return this.names.length === 1 ? this.#catalogue.get(this.names.join()) : undefined
  }

  /** The records of an endpoint. */
  recordsOf(endpoint: string): EndpointRecords {
    return this.#catalogue.get(endpoint)
  }

  /** The fields of the response of an endpoint. */
  fieldsOf(endpoint: string): readonly FieldSchema<ValueSchema>[] {
    return this.recordsOf(endpoint).response.schema.fields
  }

  /** The fields of a name in all responses, one for each type. */
  responseFields(name: string): readonly FieldSchema<ValueSchema>[] {
    const known = this.#fields.get(name)
    if (known) return known
    const byType = new Map<string, FieldSchema<ValueSchema>>()
    for (const endpoint of this.names) {
      const field = this.fieldsOf(endpoint).find((candidate) => candidate.name === name)
      if (field && !byType.has(nameType(field.type))) byType.set(nameType(field.type), field)
    }
    const fields = [...byType.values()]
    // Of a name that no record has, there is nothing to keep.
    if (fields.length > 0) this.#fields.set(name, fields)
    return fields
  }
}

/** The endpoints of recent patterns, by catalogue: many rules are for the same, such as `*`. */
const RECENT = new WeakMap<Catalogue, Map<string, MatchedEndpoints>>()

/** Maximum number of recent patterns. */
const MAX_RECENT = 100

/** The longest endpoint or pattern of endpoints, in characters; a longer one matches none. */
export const MAX_ENDPOINT_LENGTH = 200

/** The endpoints that match a pattern, in which `*` matches any characters; undefined if none. */
export function matchEndpoints(
  catalogue: Catalogue,
  pattern: string,
): MatchedEndpoints | undefined {
  if (pattern.length > MAX_ENDPOINT_LENGTH) return undefined
  const recent = RECENT.get(catalogue) ?? new Map<string, MatchedEndpoints>()
  RECENT.set(catalogue, recent)
  const known = recent.get(pattern)
  if (known) return known
  const names = findNames(catalogue, pattern)
  if (names.length === 0) return undefined
  if (recent.size === MAX_RECENT) recent.clear()
  const matched = new MatchedEndpoints(catalogue, names)
  recent.set(pattern, matched)
  return matched
}

function findNames(catalogue: Catalogue, pattern: string): readonly string[] {
  if (pattern.includes('*')) return catalogue.endpoints.filter(endpointMatcher(pattern))
  const path = catalogue.findPath(pattern)
  return path === undefined ? [] : [path]
}

/** The names of types that are objects: writing them again for each rule would be slow. */
const TYPE_NAMES = new WeakMap<object, string>()

/** A text that is the same for equal types. */
export function nameType(type: ValueSchema): string {
  if (typeof type === 'string') return type
  const known = TYPE_NAMES.get(type)
  if (known !== undefined) return known
  const name = JSON.stringify(type)
  TYPE_NAMES.set(type, name)
  return name
}
