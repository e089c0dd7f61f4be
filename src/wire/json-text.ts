import { isUtf8 } from 'node:buffer'
import { MAX_VALUES } from '../avro/check-bytes.ts'
import type { JsonValue } from '../documents/json-value.ts'
import { GpudbError } from './gpudb-error.ts'
import { INEXACT, JsonBytes } from './json-bytes.ts'

/** The size in bytes from which a text is not parsed as one string: its values must be counted. */
const LARGE_BYTES = 64 * 1024

/** In a text that JSON.parse may not read as its UTF-8 is read: not ASCII, or an inexact number. */
const SPECIAL = new RegExp(`[^\\0-\\x7f]|${INEXACT.source}`)

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')

/**
 * Parses JSON from UTF-8 bytes, or from a text as from its UTF-8; every digit of a 64-bit integer is
 * kept, and a byte order mark is skipped. Of two equal keys the last one counts. `name` says in
 * errors what is parsed.
 *
 * @throws GpudbError if it is not JSON, or a large text is nested too deep or has too many
 *   values.
 */
export function parseJson(json: Buffer | string, name: string): JsonValue {
  if (typeof json === 'string' && !isPlain(json)) return parseJson(Buffer.from(json), name)
  if (typeof json !== 'string' && !isUtf8(json)) {
    throw new GpudbError(`Cannot read ${name} as JSON: it is not UTF-8`)
  }
  try {
    return typeof json === 'string' ? JSON.parse(json) : parse(withoutMark(json))
  } catch (cause) {
    /* c8 ignore next -- JSON.parse and JsonBytes throw nothing but SyntaxErrors */
    if (!(cause instanceof SyntaxError)) throw cause
    throw new GpudbError(`Cannot read ${name} as JSON: ${withoutQuote(cause)}`, { cause })
  }
}

function isPlain(text: string): boolean {
  return text.length <= LARGE_BYTES && !SPECIAL.test(text)
}

/** JSON.parse is the fastest, but it changes some numbers. */
function parse(bytes: Buffer): JsonValue {
  if (bytes.length <= LARGE_BYTES) {
    const text = bytes.toString('utf8')
    if (!INEXACT.test(text)) return JSON.parse(text)
  }
  return new JsonBytes(bytes, MAX_VALUES).read()
}

function withoutMark(bytes: Buffer): Buffer {
  const start = BYTE_ORDER_MARK.length
  return bytes[0] === BYTE_ORDER_MARK[0] && bytes.subarray(0, start).equals(BYTE_ORDER_MARK)
    ? bytes.subarray(start)
    : bytes
}

/** The message of a syntax error without the text that V8 quotes: that may hold a secret. */
function withoutQuote({ message }: SyntaxError): string {
  return message.replace(/, (?:\.\.\.)?"[\s\S]* is not valid JSON$/, '')
}
