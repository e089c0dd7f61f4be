/** Matches numbers that may not fit into a double, and strings, whose digits are kept. */
const TEXT_OR_LONG = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g

/** Marks a number in a string. No string in answers starts with a NUL. */
const MARK = '\u0000'

/** Reads JSON; integers of 16 or more digits become bigints, so that no digit is lost. */
export function readJson(text: string): unknown {
  const marked = text.replace(TEXT_OR_LONG, (found) =>
    found.startsWith('"') ? found : `"\\u0000${found}"`,
  )
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(1)) : value,
  )
}

/** Writes JSON with bigints in quotes, the only exact form of 64-bit integers in JavaScript. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one))
}
