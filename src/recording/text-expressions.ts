import { isObject } from '../documents/field-of.ts'
import type { JsonObject, JsonValue } from '../documents/json-value.ts'
import { REDACTED } from '../patterns/redaction.ts'

/** The longest expression; the maximum of a rule is larger. */
const MAX_LENGTH = 500

/** Characters with a meaning in RE2. */
const SPECIAL = /[\\^$.|?*+()[\]{}]/g

/** The condition that a text starts like a long one. */
export function startPattern(text: string): JsonObject {
  return { matches: `^${escaped(text).text}` }
}

/** The condition that a text is like one without its secrets, with anything instead of them. */
export function wildPattern(shown: string): JsonObject {
  const parts = shown.split(REDACTED)
  let source = '(?s)^'
  for (const [index, part] of parts.entries()) {
    const { text, isCut } = escaped(part, MAX_LENGTH - source.length)
    source += index === 0 ? text : `.*${text}`
    if (isCut) return { matches: source }
  }
  return { matches: `${source}$` }
}

/** Whether a condition is an expression for a text. */
export function isExpression(value: JsonValue): boolean {
  return (
    isObject(value) &&
    Object.keys(value).join() === 'matches' &&
    typeof value['matches'] === 'string'
  )
}

/** A text as a part of an expression, as far as it fits. */
function escaped(
  text: string,
  room = MAX_LENGTH,
): { readonly text: string; readonly isCut: boolean } {
  let shown = ''
  for (const character of text) {
    if (shown.length >= room) return { text: shown, isCut: true }
    shown += character.replace(SPECIAL, (special) => `\\${special}`)
  }
  return { text: shown, isCut: false }
}
