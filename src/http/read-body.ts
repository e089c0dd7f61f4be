import type { TSchema } from '@sinclair/typebox'
import { ControlError, refuseInput } from '../control/control-error.ts'
import { checkShape } from '../documents/check-shape.ts'
import { parseJsonDocument } from '../documents/json-document.ts'
import type { JsonValue } from '../documents/json-value.ts'
import type { JsonProblem } from '../documents/reading.ts'

/**
 * Reads a body as fixture files are read: JSON with comments, and integers keep every digit.
 *
 * @throws ControlError where it is none.
 */
export function parseBody(text: string): JsonValue | undefined {
  if (text.trim() === '') return undefined
  const parsed = parseJsonDocument(text)
  if ('document' in parsed) return parsed.document.value
  const problems = parsed.problems.map(({ position, message }) => {
    return `${position.line}:${position.column}: ${message}`
  })
  throw new ControlError('BAD_REQUEST', `Cannot read the body: ${problems.join('; ')}`)
}

/** Checks a part of a request as fixtures are checked: nothing is converted, nothing dropped. */
export function validateWith(
  schema: unknown,
  part: string,
): (value: JsonValue | undefined) => { error: Error } | true {
  const name = `the ${part}`
  return (value) => {
    const isThere = value !== undefined && value !== null
    if (!isThere) return { error: refuseInput('BAD_REQUEST', name, [NOTHING_SENT]) }
    const shaped = checkShape(schema as TSchema, value)
    return 'value' in shaped ? true : { error: refuseInput('BAD_REQUEST', name, shaped.problems) }
  }
}

const NOTHING_SENT: JsonProblem = { path: [], part: 'value', message: 'there is none, send JSON' }
