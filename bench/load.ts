import autocannon from 'autocannon'

const ROUND_SECONDS = 0.4
const CONNECTIONS = 20

/** Requests that are sent repeatedly. */
export interface Load {
  /** The name of the load in messages. */
  readonly name: string
  readonly url: string
  readonly contentType: string
  readonly body: string | Buffer
  /** The differences between requests that take turns; absent if all are equal. */
  readonly requests?: readonly { readonly path: string; readonly body?: string }[]
}

/** The number of answered requests per second in a short round. */
export async function requestsPerSecond(load: Load): Promise<number> {
  const result = await send(load, { duration: ROUND_SECONDS })
  return result['2xx'] / result.duration
}

/** Sends a number of requests. Throws if one is not answered with success. */
export async function sendRequests(amount: number, load: Load): Promise<void> {
  await send(load, { amount })
}

async function send(
  { name, url, contentType, body, requests }: Load,
  length: { readonly duration: number } | { readonly amount: number },
): Promise<autocannon.Result> {
  const result = await autocannon({
    url,
    body,
    method: 'POST',
    headers: { 'content-type': contentType },
    ...(requests === undefined ? {} : { requests }),
    connections: CONNECTIONS,
    sampleInt: 50,
    ...length,
  })
  const failed = result.non2xx + result.errors
  if (failed > 0) throw new Error(`Cannot measure: ${failed} requests of ${name} failed`)
  return result
}
