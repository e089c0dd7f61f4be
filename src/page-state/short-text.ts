import { toPrintable } from '../documents/printable-text.ts'
import { cutText } from '../documents/quote-text.ts'

/** A text that came from a client, on one line of a maximum of characters: what cannot be seen is escaped. */
export function toShort(text: string, max: number): string {
  return toPrintable(cutText(text, max))
}
