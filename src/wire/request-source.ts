import type { FastifyRequest } from 'fastify'
import { readCredentials } from './credentials.ts'
import type { CallSource } from './gpudb-call.ts'

/** Who sent a request; looked up when it is asked for, since most calls never ask. */
export class RequestSource implements CallSource {
  readonly #request: FastifyRequest

  constructor(request: FastifyRequest) {
    this.#request = request
  }

  get user(): string {
    const credentials = readCredentials(this.#request.headers.authorization)
    return credentials.scheme === 'basic' ? credentials.user : ''
  }

  get sourceIp(): string {
    return this.#request.ip
  }

  /** HTTP/1.0 (the C++ client) may come without a Host. */
  get url(): string {
    const { host, protocol, socket } = this.#request
    return `${protocol}://${host || `${socket.localAddress}:${socket.localPort}`}`
  }
}
