import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'

/** How a body was compressed for its way, by the values of Content-Encoding. */
const DECODERS = new Map<string, (bytes: Buffer, limits: Limits) => Buffer>([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
])

interface Limits {
  readonly maxOutputLength: number
}

/** The largest body after decompression, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024

/** The body before it was compressed; as it is, if its coding is unknown or its bytes are corrupt. */
export function decodeContent(body: Buffer, coding: string | undefined): Buffer {
  const decode = DECODERS.get((coding ?? '').trim().toLowerCase())
  if (decode === undefined || body.length === 0) return body
  try {
    return decode(body, { maxOutputLength: MAX_BYTES })
  } catch {
    // Recorded as it came: it then is in the drift report.
    return body
  }
}
