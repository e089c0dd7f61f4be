import type { ControlClient, ListQuery, RequestPage } from './control-client.ts'

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

/** The newest requests, the oldest of them first. `total` counts all that match. */
export async function listNewestRequests(
  client: ControlClient,
  { limit, ...choice }: RequestChoice,
): Promise<RequestPage> {
  const page = await client.requests({ ...queryOf(choice), order: 'newest', limit })
  return { ...page, requests: [...page.requests].reverse() }
}

/** The filters of a choice as a query. */
export function queryOf({
  endpoint,
  unmatched = false,
  brief = false,
}: Omit<RequestChoice, 'limit'>): ListQuery {
  return { endpoint, unmatched: unmatched || undefined, brief: brief || undefined }
}
