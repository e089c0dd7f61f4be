/** A number with its noun: `1 problem`, `2 problems`, `2 entries`. */
export function countText(number: number, noun: string): string {
  return `${number} ${nounOf(number, noun)}`
}

/** A noun in the singular or plural. */
export function nounOf(number: number, noun: string): string {
  return number === 1 ? noun : `${noun.replace(/y$/, 'ie')}s`
}

/** How many items of a list a message names. */
const MAX_NAMED = 3

/** The first items of a list and the number of the others: `a; b; c; and 2 more`. */
export function listFirst(texts: readonly string[]): string {
  const more = texts.length > MAX_NAMED ? [`and ${texts.length - MAX_NAMED} more`] : []
  return [...texts.slice(0, MAX_NAMED), ...more].join('; ')
}
