import type { Encoding } from '../jobs/encoding.ts'
import { GpudbError } from './gpudb-error.ts'

/** The first three are documented, and sent by the official clients 7.2.2 and 7.2.3. */
const ENCODINGS_BY_TYPE = new Map<string, Encoding>([
  ['application/octet-stream', 'binary'],
  ['application/x-snappy', 'snappy'],
  ['application/json', 'json'],
  ['text/plain', 'json'],
  ['application/x-www-form-urlencoded', 'json'],
  ['', 'json'],
])

/** The Content-Types that are read, without parameters. */
export const MEDIA_TYPES: readonly string[] = [...ENCODINGS_BY_TYPE.keys()].filter(
  (type) => type !== '',
)

/**
 * The encoding for a Content-Type; undefined if the type is unknown. Differs: `text/plain`, curl's
 * default `application/x-www-form-urlencoded` and a missing type mean JSON.
 */
export function findEncoding(contentType: string | undefined): Encoding | undefined {
  const known = ENCODINGS_BY_TYPE.get(contentType ?? '')
  if (known) return known
  const type = String(contentType?.split(';', 1)[0])
  return ENCODINGS_BY_TYPE.get(type.trim().toLowerCase())
}

/** As findEncoding, but throws GpudbError if the type is unknown. */
export function getEncoding(contentType: string | undefined): Encoding {
  const encoding = findEncoding(contentType)
  if (encoding) return encoding
  throw new GpudbError(refuseType(contentType))
}

/** The error message for an unknown Content-Type. */
export function refuseType(contentType: string | undefined): string {
  const known = 'application/json, application/octet-stream or application/x-snappy'
  return `Cannot read a body of type ${contentType}: send ${known}`
}
