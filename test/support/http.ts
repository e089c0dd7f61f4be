import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import { request as requestTls } from 'node:https'

/** A request, sent as it is; only Host and the headers that delimit the body are added. */
export interface HttpRequest {
  readonly method?: string
  readonly path: string
  /** The address of the server; 127.0.0.1 by default. */
  readonly host?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: Buffer | string
  /** Whether to use TLS; the certificate of the server is not checked. */
  readonly isTls?: boolean
}

/** An answer, not decoded. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Sends a request on a new connection; unlike fetch, with any method, header and path. */
export function sendHttp(port: number, sent: HttpRequest): Promise<HttpAnswer> {
  const { body, isTls, ...given } = sent
  const options = { host: '127.0.0.1', port, agent: false, rejectUnauthorized: false, ...given }
  return new Promise((resolve, reject) => {
    const outgoing = (isTls ? requestTls : request)(options, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.once('error', reject)
      answer.once('end', () => {
        const { statusCode = 0, headers } = answer
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks) })
      })
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}
