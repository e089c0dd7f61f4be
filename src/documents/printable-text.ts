/**
 * Characters that a terminal or a log reader may act on: control characters, line separators,
 * characters that change the direction of text or have no width, and halves of surrogate pairs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Holds every character that may be unprintable: to look for this is faster. */
const NOT_ASCII = /[^\x20-\x7e]/
const NOT_ASCII_LINES = /[^\n\x20-\x7e]/

/** A text on one line: unprintable characters are escaped as in JSON, such as `\n` and `\u202e`. */
export function toPrintable(text: string): string {
  return NOT_ASCII.test(text) ? text.replace(UNPRINTABLE, escapeCharacter) : text
}

/** As toPrintable, but the lines of the text stay lines. */
export function toPrintableLines(text: string): string {
  if (!NOT_ASCII_LINES.test(text)) return text
  return text.split('\n').map(toPrintable).join('\n')
}

/** JSON.stringify escapes the characters with short forms, such as `\t`; most others it does not. */
function escapeCharacter(character: string): string {
  const escaped = JSON.stringify(character).slice(1, -1)
  if (escaped !== character) return escaped
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
