/** A value of JSON; an integer that a JavaScript number cannot hold is a bigint. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/** A string or a number of JSON. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g
const HAS_LONG = /\d{16}/
/** The key of an object that stands for a long. A body that a client sent cannot know it. */
const LONG_KEY = `long ${Math.random()}`

/**
 * Parses JSON and keeps 64-bit integers exact, such as ids of jobs. `Document` is what the caller
 * knows of the text: the page reads answers of its own mock. Throws SyntaxError.
 */
export function parseJson<Document = JsonValue>(text: string): Document {
  if (!HAS_LONG.test(text)) return JSON.parse(text)
  const marked = text.replace(TOKEN, (token) =>
    isUnsafe(token) ? `{"${LONG_KEY}":"${token}"}` : token,
  )
  return JSON.parse(marked, (_key, value) => {
    const digits = value?.[LONG_KEY]
    return digits === undefined ? value : BigInt(digits)
  })
}

/** The JSON of a value on indented lines; a list or object that fits on one line is on one. */
export function writeJson(value: JsonValue, indent = ''): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent}  `
  const [open, close] = isList(value) ? '[]' : '{}'
  const parts = isList(value)
    ? value.map((item) => writeJson(item, inner))
    : Object.entries(value).map(
        ([key, item]) => `${JSON.stringify(key)}: ${writeJson(item, inner)}`,
      )
  if (parts.length === 0) return `${open}${close}`
  const line = isList(value) ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
  if (indent.length + line.length <= MAX_LINE && !line.includes('\n')) return line
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`
}

/** Whether a value is a list. Array.isArray does not narrow a readonly one. */
export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

const MAX_LINE = 80

function isUnsafe(token: string): boolean {
  return /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token))
}
