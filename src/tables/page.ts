/** The `offset` and `limit` of a request. */
export interface PageRequest {
  readonly offset: bigint
  /** The maximum number of rows; -9999 means the maximum of the server. */
  readonly limit: bigint
}

/** Which rows of a set a response holds, and whether there are more after them. */
export interface Page {
  readonly from: number
  readonly to: number
  readonly hasMore: boolean
}

/** The limit that means the maximum of the server (documentation 7.2, END_OF_SET). */
export const END_OF_SET = -9999n

/** The maximum number of rows of a response: the default of `max_get_records_size` (7.2). */
export const MAX_PAGE_ROWS = 20_000

/** The page of a set of `total` rows. An offset after the end is an empty page. */
export function pageOf(total: number, { offset, limit }: PageRequest): Page {
  const from = Number(atMost(offset, total))
  const wanted = limit < 0n ? BigInt(MAX_PAGE_ROWS) : limit
  const to = from + Number(atMost(wanted, Math.min(MAX_PAGE_ROWS, total - from)))
  return { from, to, hasMore: to < total }
}

function atMost(value: bigint, max: number): bigint {
  if (value < 0n) return 0n
  return value < BigInt(max) ? value : BigInt(max)
}
