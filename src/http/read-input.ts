import type { Static, TObject, TSchema } from '@sinclair/typebox'
import { ControlError, type InputUse, refuseInput } from '../control/control-error.ts'
import { listFirst } from '../documents/count-text.ts'
import { parseJsonDocument } from '../documents/json-document.ts'
import { type JsonValue, parseJsonNumber } from '../documents/json-value.ts'

/**
 * Reads a body like a fixture file: JSON with comments; integers keep every digit. A byte order mark
 * is skipped.
 *
 * @throws ControlError if it is not JSON.
 */
export function parseBody(text: string): JsonValue | undefined {
  if (text.trim() === '') return undefined
  const parsed = parseJsonDocument(text.replace(/^\uFEFF/, ''))
  if ('value' in parsed) return parsed.value.value
  const problems = parsed.problems.map(({ position, message }) => {
    return `${position.line}:${position.column}: ${message}`
  })
  throw new ControlError('BAD_REQUEST', `Cannot read the body: ${listFirst(problems)}`)
}

/**
 * Reads a query by a schema: a text where the schema has a number, a boolean or a list becomes one.
 * Any other text stays; the method that gets the input rejects it.
 */
export function readQuery<Schema extends TObject>(schema: Schema, query: unknown): Static<Schema> {
  const values = Object.entries(Object(query)).map(([key, text]) => {
    const kind = schema.properties[key]
    return [key, kind === undefined || typeof text !== 'string' ? text : readText(kind, text)]
  })
  // Not checked yet: what a method gets over HTTP is checked by the method, as any input is.
  return Object.fromEntries(values) as Static<Schema>
}

/** The longest number that is converted, in characters. */
const MAX_NUMBER_LENGTH = 20

function readText(kind: TSchema, text: string): unknown {
  switch (kind['type']) {
    case 'integer':
      return isNumber(text) ? parseJsonNumber(text) : text
    case 'boolean':
      return text === 'true' || (text === 'false' ? false : text)
    case 'array':
      return text.split(',')
    default:
      return text
  }
}

function isNumber(text: string): boolean {
  return text.length <= MAX_NUMBER_LENGTH && /^-?\d+(\.\d+)?$/.test(text)
}

/** How many items of a list a response has by default. */
const DEFAULT_LIMIT = 100

/** How many it may have. */
const MAX_LIMIT = 1000

/** Bounds a list: HTTP returns pages. Throws ControlError if the limit is too high. */
export function toPage<Filter extends { readonly limit?: number }>(
  filter: Filter,
  use: InputUse,
): Filter {
  const { limit = DEFAULT_LIMIT } = filter
  if (typeof limit !== 'number' || limit <= MAX_LIMIT) return { ...filter, limit }
  const message = `expected a whole number from 0 to ${MAX_LIMIT}, got ${limit}`
  throw refuseInput([{ path: ['limit'], part: 'value', message }], use)
}

/** The schema of a filter as a query: its limit is that of a page. */
export function pageQuery<Filter extends TObject>(filter: Filter): Filter {
  const limit = {
    ...filter.properties['limit'],
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    description: `The maximum number to return. Omitted: ${DEFAULT_LIMIT}.`,
  }
  return { ...filter, properties: { ...filter.properties, limit } }
}
