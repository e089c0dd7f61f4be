import { eastAsianWidth } from 'get-east-asian-width'
import { toPrintable } from '../documents/printable-text.ts'

/**
 * How many cells of a terminal a printable text takes. Marks over letters count as one: terminals differ,
 * and a line must never be longer than counted.
 */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += widthOfCharacter(character)
  return width
}

/**
 * How many units of a text can share a cell: NFC makes one character of four at most, of two units each.
 * What is longer than that is cut, so its end is not looked at.
 */
const MAX_UNITS_OF_CELL = 8

/** A text of anyone on one line of at most `width` cells: escaped, and cut with `…` if it is longer. */
export function fitText(text: string, width: number): string {
  const start = text.slice(0, MAX_UNITS_OF_CELL * (Math.max(width, 0) + 1))
  const printable = toPrintable(start.normalize('NFC'))
  if (widthOf(printable) <= width) return printable
  let fitting = ''
  let left = width - 1
  for (const character of printable) {
    left -= widthOfCharacter(character)
    if (left < 0) break
    fitting += character
  }
  return width < 1 ? '' : `${fitting}…`
}

function widthOfCharacter(character: string): number {
  return eastAsianWidth(Number(character.codePointAt(0)))
}
