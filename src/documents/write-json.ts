import { stringify } from 'lossless-json'

/** Writes a value as JSON; a bigint as an integer with every digit. `space` is the indentation. */
export function writeJson(value: unknown, space?: number): string {
  try {
    return String(JSON.stringify(value, null, space))
  } catch (error) {
    /* c8 ignore next -- JSON.stringify rejects nothing else of a document */
    if (!(error instanceof TypeError)) throw error
    // There is a bigint in it.
    return String(stringify(value, null, space))
  }
}
