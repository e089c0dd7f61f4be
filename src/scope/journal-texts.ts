import type { Headers, NearestRule } from './journal-entry.ts'

/** The longest text that a journal keeps whole, in characters. */
export const MAX_TEXT_LENGTH = 2000

/** How many different texts are shared; then sharing begins anew. */
const MAX_SHARED = 1000

/**
 * The texts of a journal. Equal ones are one object. None is a part of another text, which it would
 * keep in memory.
 */
export class SharedTexts {
  readonly #shared = new Map<string, string>()

  /** The text to keep for another one; a long one is cut. */
  share(text: string): string {
    if (text === '') return ''
    const known = this.#shared.get(text)
    if (known !== undefined) return known
    if (text.length > MAX_TEXT_LENGTH) return cutText(text)
    const kept = copyText(text)
    if (this.#shared.size >= MAX_SHARED) this.#shared.clear()
    this.#shared.set(kept, kept)
    return kept
  }
}

/** The start of a URL whose end was cut off: without its `@`, a password does not look like one. */
const UNFINISHED_URL = /:\/\/[^\s/]*$/

/** A text of at most the maximum length; a longer one ends with a mark that has its length. */
export function cutText(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text
  const start = text.slice(0, MAX_TEXT_LENGTH).replace(UNFINISHED_URL, '://')
  return copyText(`${start}… (${text.length} characters)`)
}

/** A text of its own, where V8 would keep a reference to the text that it is a part of. */
export function copyText(text: string): string {
  return Buffer.from(text).toString()
}

/** Headers whose long values are cut. */
export function cutHeaders(headers: Headers): Headers {
  const isLong = Object.values(headers).some((value) => (value?.length ?? 0) > MAX_TEXT_LENGTH)
  if (!isLong) return headers
  const entries = Object.entries(headers).map(([name, value]) => {
    return [name, typeof value === 'string' ? cutText(value) : value]
  })
  return Object.fromEntries(entries)
}

/** The nearest rule with its long texts cut. */
export function cutNearest({ rule, reason }: NearestRule): NearestRule {
  return { rule: cutText(rule), reason: cutText(reason) }
}
