/** The longest quotation of an input in a message, in characters. */
const MAX_QUOTED = 80

/** Half of a character at the end of a text that was cut: some readers of JSON reject it. */
const HALF = /[\ud800-\udbff]$/

/** A text of the input, cut if it is long: a message must not repeat a whole input. */
export function cutText(text: string, maxLength: number = MAX_QUOTED): string {
  return text.length > maxLength ? `${text.slice(0, maxLength).replace(HALF, '')}…` : text
}

/** As cutText, in quotes and with escapes. */
export function quoteText(text: string): string {
  return JSON.stringify(cutText(text))
}
