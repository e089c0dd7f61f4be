/** JSON's numbers that may not fit into a double, and its texts, in which digits stay as they are. */
const TEXT_OR_LONG = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g

/** Marks what was a number. No text of the answers starts with a NUL. */
const MARK = '\u0000'

/** Reads JSON; integers of 16 digits and more become bigints, so that none is lost. */
export function readJson(text: string): unknown {
  const marked = text.replace(TEXT_OR_LONG, (found) =>
    found.startsWith('"') ? found : `"\\u0000${found}"`,
  )
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(1)) : value,
  )
}

/** Writes JSON; bigints in quotes, which JavaScript has instead of 64-bit numbers. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one))
}
