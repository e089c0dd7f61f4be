import type { Encoding } from '../jobs/encoding.ts'
import { GpudbError } from './gpudb-error.ts'

const MEDIA_TYPES = new Map<string, Encoding>([
  ['application/octet-stream', 'binary'],
  ['application/x-snappy', 'snappy'],
  ['application/json', 'json'],
  ['text/plain', 'json'],
  ['application/x-www-form-urlencoded', 'json'],
  ['', 'json'],
])

/**
 * The encoding that a request's Content-Type names; undefined where it names none. `text/plain`,
 * curl's `application/x-www-form-urlencoded` and an absent type count as JSON.
 */
export function findEncoding(contentType: string | undefined): Encoding | undefined {
  const known = MEDIA_TYPES.get(contentType ?? '')
  if (known) return known
  const type = String(contentType?.split(';', 1)[0])
  return MEDIA_TYPES.get(type.trim().toLowerCase())
}

/** As findEncoding. Throws GpudbError where the Content-Type names no encoding. */
export function getEncoding(contentType: string | undefined): Encoding {
  const encoding = findEncoding(contentType)
  if (encoding) return encoding
  throw new GpudbError(refuseType(contentType))
}

/** What is said of a Content-Type that names no encoding. */
export function refuseType(contentType: string | undefined): string {
  const known = 'application/json, application/octet-stream or application/x-snappy'
  return `Cannot read a body of type ${contentType}: send ${known}`
}
