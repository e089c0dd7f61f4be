import type { BriefRequestDocument } from '../control/recorded-request.ts'
import type { ControlClient, ListQuery, RequestPage } from './control-client.ts'

/** The largest page that the control API returns. */
const MAX_PAGE = 1000

/** Which requests to list. */
export interface RequestChoice {
  /** The maximum number. */
  readonly limit: number
  /** The endpoint; `*` stands for any text. */
  readonly endpoint?: string | undefined
  /** Whether only unmatched requests are listed. */
  readonly unmatched?: boolean
  /** Whether headers, records and bodies are omitted. */
  readonly brief?: boolean
}

/** The newest requests, the oldest of them first. `total` counts all of the endpoint. */
export async function listNewestRequests(
  client: ControlClient,
  { limit, endpoint, unmatched = false, brief = false }: RequestChoice,
): Promise<RequestPage> {
  const query: ListQuery = { endpoint, order: 'newest', ...(brief ? { brief } : {}) }
  const found: BriefRequestDocument[] = []
  let lowestId = Number.POSITIVE_INFINITY
  for (let offset = 0; ; offset += MAX_PAGE) {
    const size = unmatched ? MAX_PAGE : Math.min(limit - found.length, MAX_PAGE)
    const page = await client.requests({ ...query, offset, limit: size })
    // Requests that came since the page before have moved some of it to this one.
    const others = page.requests.filter(({ id }) => id < lowestId)
    lowestId = others.at(-1)?.id ?? lowestId
    found.push(...others.filter((request) => request.unmatched || !unmatched))
    if (found.length >= limit || offset + size >= page.total) {
      return { ...page, requests: found.slice(0, limit).reverse() }
    }
  }
}
