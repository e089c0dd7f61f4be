import { get as getHttp } from 'node:http'
import { get as getHttps } from 'node:https'
import { startRealTimer } from '../clock/time-source.ts'

/** Where a server is expected. */
export interface HealthTarget {
  readonly host: string
  readonly port: number
  /** Present where it speaks HTTPS; what the certificate says is not checked. */
  readonly tls?: unknown
}

/** Whether a server answers, and a line that says so. */
export interface Health {
  readonly healthy: boolean
  readonly message: string
}

/** How long a server may take to answer, in ms. */
const TIMEOUT_MS = 2000

/** The addresses that mean all of a machine's, and the one to ask instead. */
const LOOPBACKS = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
])

/** Asks a server's root, as container wait strategies do. Never throws. */
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
