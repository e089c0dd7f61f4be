import autocannon from 'autocannon'

const ROUND_SECONDS = 0.4
const CONNECTIONS = 20

/** Requests that are sent over and over. */
export interface Load {
  /** For messages. */
  readonly name: string
  readonly url: string
  readonly contentType: string
  readonly body: string | Buffer
  /** What differs between the requests, which take turns; absent: nothing does. */
  readonly requests?: readonly { readonly path: string; readonly body?: string }[]
}

/** How many requests of a load are answered per second, in a short round. */
export async function requestsPerSecond(load: Load): Promise<number> {
  const result = await send(load, { duration: ROUND_SECONDS })
  return result['2xx'] / result.duration
}

/** Sends a number of requests; each must be answered well. */
export async function sendRequests(amount: number, load: Load): Promise<void> {
  await send(load, { amount })
}

async function send(
  { name, url, contentType, body, requests }: Load,
  length: { readonly duration: number } | { readonly amount: number },
): Promise<autocannon.Result> {
  const result = await autocannon({
    ...{ url, body, method: 'POST', headers: { 'content-type': contentType } },
    ...(requests === undefined ? {} : { requests }),
    ...{ connections: CONNECTIONS, sampleInt: 50, ...length },
  })
  const failed = result.non2xx + result.errors
  if (failed > 0) throw new Error(`Cannot measure: ${failed} requests of ${name} failed`)
  return result
}
