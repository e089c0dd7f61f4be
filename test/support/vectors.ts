import { readFileSync } from 'node:fs'

/** A request that an official client sent, and an answer that it accepted. */
export interface WireVector {
  readonly name: string
  readonly endpoint: string
  readonly content_type: string
  readonly http_status: number
  readonly response_content_type: string
  readonly request_headers: Readonly<Record<string, string>>
  readonly request_hex: string
  readonly response_hex: string
  /** Longs are decimal strings, bytes are `{"hex": …}`. */
  readonly decoded_request: Readonly<Record<string, unknown>>
  readonly wrapper: { readonly status: string; readonly data_type: string }
  readonly decoded_response: Readonly<Record<string, unknown>> | null
}

/** The vectors, in the order in which the clients sent them. */
export const wireVectors: readonly WireVector[] = JSON.parse(
  readFileSync(new URL('wire-vectors.json', import.meta.url), 'utf8'),
)

/** A decoded record in the form of the vectors, for comparison. */
export function toVectorForm(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (Buffer.isBuffer(value)) return { hex: value.toString('hex') }
  if (Array.isArray(value)) return value.map(toVectorForm)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toVectorForm(item)]))
}
