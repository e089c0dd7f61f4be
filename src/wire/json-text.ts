import { isUtf8 } from 'node:buffer'
import { parse } from 'lossless-json'
import { type JsonValue, parseJsonNumber } from '../documents/json-value.ts'
import { GpudbError } from './gpudb-error.ts'

/**
 * Parses JSON and keeps every digit of a 64-bit integer. Errors call the text `name`.
 *
 * @throws GpudbError if the text is not JSON or is nested too deeply.
 */
export function parseJson(text: string, name: string): JsonValue {
  try {
    return parse(text, undefined, parseJsonNumber) as JsonValue
  } catch (cause) {
    const tooDeep = cause instanceof RangeError
    const reason = tooDeep || !(cause instanceof Error) ? 'it is nested too deep' : cause.message
    throw new GpudbError(`Cannot read ${name} as JSON: ${reason}`, { cause })
  }
}

/** As parseJson, from bytes. Also throws GpudbError if they are not UTF-8. */
export function parseJsonBytes(bytes: Buffer, name: string): JsonValue {
  if (!isUtf8(bytes)) throw new GpudbError(`Cannot read ${name} as JSON: it is not UTF-8`)
  return parseJson(bytes.toString('utf8'), name)
}
