import { get as getHttp } from 'node:http'
import { get as getHttps } from 'node:https'
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

/** The loopback address for each wildcard address. */
const LOOPBACKS = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
])

/** Requests the root of a server, as container wait strategies do. Never rejects. */
export function checkHealth({ host, port, tls }: HealthTarget): Promise<Health> {
  const options = { host: LOOPBACKS.get(host) ?? host, port, path: '/', rejectUnauthorized: false }
  const scheme = tls === undefined ? 'http' : 'https'
  const place = `${scheme}://${options.host}:${port}`
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
