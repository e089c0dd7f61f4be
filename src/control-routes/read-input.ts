import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import { type Static, type TObject, type TSchema, Type } from '@sinclair/typebox'
import type { FastifySchema } from 'fastify'
import { RequestError } from '../connections/request-error.ts'
import { checkInput } from '../control-parts/check-input.ts'
import { ControlError, type InputUse, refuseInput } from '../control-parts/control-error.ts'
import { listFirst } from '../documents/count-text.ts'
import { fieldsOf } from '../documents/field-of.ts'
import { parseJsonDocument } from '../documents/json-document.ts'
import { type JsonValue, parseJsonNumber } from '../documents/json-value.ts'
import { parseYamlDocument } from '../yaml/yaml-document.ts'

/** The input of a route that takes none. */
const NoInput = Type.Object({}, { additionalProperties: false, expected: 'an empty object' })

/** The parts of a request to the control API that are its input. */
interface ControlRequest {
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
  readonly query: unknown
  readonly routeOptions: { readonly schema?: FastifySchema }
}

/**
 * Reads the body of a request to a control route, and checks that the route takes what the request
 * brings. Undefined without a body.
 *
 * @throws RequestError if the body is too large, ControlError if it is not JSON in UTF-8, or if the route takes
 *   no body or no query.
 */
export function readBody({ headers, body, query, routeOptions }: ControlRequest): unknown {
  if (body instanceof RequestError) throw body
  const { schema } = routeOptions
  // Without a schema, it is no route: the answer is 404 or 405.
  if (schema === undefined) return undefined
  if (schema.querystring === undefined) checkInput(NoInput, query, { action: 'read the query' })
  // Fastify reads no body of GET and HEAD.
  const isUnread = body === undefined && Number(headers['content-length'] ?? 0) > 0
  if (isUnread) throw new ControlError('BAD_REQUEST', 'Cannot read the body: the route takes none')
  const value = Buffer.isBuffer(body) ? parseBody(body, { headers, schema }) : undefined
  if (schema.body === undefined && value !== undefined) {
    checkInput(NoInput, value, { action: 'read the body' })
  }
  return value
}

/** The media types of YAML; the first one is registered (RFC 9512). */
const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml'] as const

/** What a route that takes YAML declares in its schema as `consumes`. */
export const JSON_AND_YAML: readonly string[] = ['application/json', YAML_TYPES[0]]

/**
 * Reads a body like a fixture file: JSON with comments, or YAML if its type says so and the route
 * takes it; a byte order mark is skipped.
 */
function parseBody(
  body: Buffer,
  { headers, schema }: { readonly headers: IncomingHttpHeaders; readonly schema: FastifySchema },
): JsonValue | undefined {
  if (!isUtf8(body)) throw new ControlError('BAD_REQUEST', 'Cannot read the body: it is not UTF-8')
  const text = body.toString('utf8').replace(/^\uFEFF/, '')
  if (text.trim() === '') return undefined
  const takesYaml = schema.consumes?.includes(YAML_TYPES[0]) === true
  const isYaml = takesYaml && isYamlType(headers['content-type'])
  const parsed = isYaml ? parseYamlDocument(text) : parseJsonDocument(text)
  if ('value' in parsed) return parsed.value.value
  const problems = parsed.problems.map(({ position, message }) => {
    return `${position.line}:${position.column}: ${message}`
  })
  const hint = takesYaml ? suggestYaml(text, { isYaml }) : ''
  throw new ControlError('BAD_REQUEST', `Cannot read the body: ${listFirst(problems)}${hint}`)
}

/** What a sender of YAML has probably forgotten; empty if nothing is known. */
function suggestYaml(text: string, { isYaml }: { readonly isYaml: boolean }): string {
  if (!isYaml) return ` (YAML needs Content-Type: ${YAML_TYPES[0]})`
  return text.includes('\n') ? '' : ' (it has one line: curl keeps line breaks with --data-binary)'
}

function isYamlType(header = ''): boolean {
  const type = header.split(';', 1)[0]?.trim().toLowerCase()
  return YAML_TYPES.some((one) => one === type)
}

/**
 * Reads a query by a schema: a text where the schema has a number, a boolean or a list becomes one.
 * Any other text stays; the method that gets the input rejects it.
 */
export function readQuery<Schema extends TObject>(schema: Schema, query: unknown): Static<Schema> {
  const values = fieldsOf(query).map(([key, text]) => {
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
