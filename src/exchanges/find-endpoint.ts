import type { Catalogue } from '../avro/catalogue.ts'

/** The target of a request line, read. */
export interface ReadTarget {
  /** The path without a query and with single slashes. */
  readonly path: string
  /** What follows the `?`. */
  readonly query: string
  /** The endpoint of the catalogue; undefined if it is unknown. */
  readonly endpoint: string | undefined
}

/** `POST http://host/get/job` means `/get/job` (RFC 9112, 3.2.2). */
const ABSOLUTE_FORM = /^https?:\/\/[^/?]*/i

/** The maximum number of segments of a path that are looked at. */
const MAX_SEGMENTS = 20

/** Finds the endpoint of a target, behind any base path such as `/gpudb-0`. */
export function findEndpoint(target: string, catalogue: Catalogue): ReadTarget {
  const [beforeQuery = '', ...others] = target.replace(ABSOLUTE_FORM, '').split('?')
  const path = `/${beforeQuery.split('/').filter(Boolean).join('/')}`
  return { path, query: others.join('?'), endpoint: findPath(path, catalogue) }
}

/** The longest end of a path that is an endpoint. */
function findPath(path: string, catalogue: Catalogue): string | undefined {
  const segments = path.split('/').slice(1)
  for (const at of segments.slice(0, MAX_SEGMENTS).keys()) {
    const known = catalogue.findPath(`/${segments.slice(at).join('/')}`)
    if (known !== undefined) return known
  }
  return undefined
}
