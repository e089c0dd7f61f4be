import { get as getHttp } from 'node:http'
import { get as getHttps } from 'node:https'
import { isIPv6 } from 'node:net'
import { startRealTimer } from '../clock/time-source.ts'

/** The address of a server. */
export interface HealthTarget {
  readonly host: string
  readonly port: number
  /** Present if the server uses HTTPS. Its certificate is not checked. */
  readonly tls?: unknown
}

/** The result of a health check; `message` is one line for the user. */
export interface Health {
  readonly healthy: boolean
  readonly message: string
}

/** The time limit of a health check, in ms. */
const TIMEOUT_MS = 2000

/** The loopback address for each wildcard address, as URLs write them. */
const LOOPBACKS = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['[::]', '[::1]'],
  ['[::ffff:0:0]', '127.0.0.1'],
])

/** The name under which a server is reached that listens on a host, as in a URL. */
export function reachableName(host: string): string {
  const url = `http://${isIPv6(host) ? `[${host}]` : host}`
  const name = URL.canParse(url) ? new URL(url).hostname : host
  return LOOPBACKS.get(name) ?? name
}

/** Requests the root of a server, as container wait strategies do. Never rejects. */
export function checkHealth({ host, port, tls }: HealthTarget): Promise<Health> {
  const scheme = tls === undefined ? 'http' : 'https'
  const name = reachableName(host)
  const place = `${scheme}://${name}:${port}`
  const options = { host: name.replace(/[[\]]/g, ''), port, path: '/', rejectUnauthorized: false }
  return new Promise((resolve) => {
    const request = (tls === undefined ? getHttp : getHttps)(options, (response) => {
      response.resume()
      const healthy = response.statusCode === 200
      resolve({ healthy, message: `${place} answers ${response.statusCode}` })
    })
    const cancel = startRealTimer(TIMEOUT_MS, () => {
      request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`))
    })
    request.once('close', cancel)
    request.once('error', ({ message }) => {
      resolve({ healthy: false, message: `${place} does not answer: ${message}` })
    })
  })
}
