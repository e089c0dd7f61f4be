import type { FastifyRequest } from 'fastify'
import type { CallSource } from '../wire/gpudb-call.ts'
import { readUser } from './credentials.ts'

/** Who sent a request; looked up when it is asked for, since most calls never ask. */
export class RequestSource implements CallSource {
  readonly #request: FastifyRequest
  readonly #scope: string | undefined

  /** `scope` is the name in the request's path, where it has one. */
  constructor(request: FastifyRequest, scope?: string) {
    this.#request = request
    this.#scope = scope
  }

  get user(): string {
    return readUser(this.#request.headers.authorization)
  }

  get sourceIp(): string {
    return this.#request.ip
  }

  /** HTTP/1.0 (the C++ client) may come without a Host. */
  get url(): string {
    const { host, protocol, socket } = this.#request
    const origin = `${protocol}://${host || `${socket.localAddress}:${socket.localPort}`}`
    return this.#scope === undefined ? origin : `${origin}/~${this.#scope}`
  }
}
