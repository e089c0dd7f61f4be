import { parse } from 'lossless-json'
import { parseJsonNumber } from './json-value.ts'
import { parsePlainJson } from './plain-json.ts'

/**
 * Reads JSON as JSON.parse does, but integers keep every digit. For documents of the mock itself: without
 * positions, and without a limit of nesting.
 *
 * @throws SyntaxError if the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  return parsePlainJson(text) ?? parse(text, undefined, parseJsonNumber)
}
