/**
 * Characters that hide, reorder or break text: control characters but the line feed and the tab, line
 * separators, characters without width or that change the direction, and halves of surrogate pairs.
 */
const UNPRINTABLE = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** A text that came from a client, to show: what cannot be seen is escaped, such as `\u202e`. */
export function toPrintable(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeUnit(character, index)).join(''),
  )
}

/** As toPrintable, cut to a maximum of characters. */
export function toShort(text: string, max: number): string {
  return text.length <= max ? toPrintable(text) : `${toPrintable(text.slice(0, max))}…`
}

function escapeUnit(character: string, index: number): string {
  return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`
}
