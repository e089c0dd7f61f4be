import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { isForeignPage } from '../connections/page-origin.ts'
import { originForm } from './upstream.ts'

/** An answer of the proxy itself, in JSON. */
export interface ProxyAnswer {
  readonly status: number
  readonly document: object
}

/** What the routes do. */
export interface ProxyRoutesOptions {
  /** The document of `GET /__mock/record`. */
  readonly describe: () => object
  /** Called by `POST /__mock/record/stop`; its answer is that of `finish`. */
  readonly stop: () => void
  readonly isTls: boolean
}

/** Every path below this is the proxy's: it never reaches the upstream. */
const OWN = /^\/+__mock(?=\/|$)/

/** The routes of the proxy itself: what has passed, and its end. */
export class ProxyRoutes {
  readonly #options: ProxyRoutesOptions
  readonly #waiting = new Set<ServerResponse>()

  constructor(options: ProxyRoutesOptions) {
    this.#options = options
  }

  /** The responses to requests for a stop, which wait for its result. */
  get waiting(): ReadonlySet<ServerResponse> {
    return this.#waiting
  }

  /** Answers a request to the proxy itself. False: it is for the upstream. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = ownPath(String(request.url))
    if (path === undefined) return false
    request.resume()
    const answer = this.#answer(path, request)
    if (answer) send(answer, response)
    else this.#wait(response)
    return true
  }

  /** Answers the requests for a stop. */
  finish(answer: ProxyAnswer): void {
    for (const response of this.#waiting) send(answer, response)
  }

  /** Undefined: the answer is known later. */
  #answer(path: string, request: IncomingMessage): ProxyAnswer | undefined {
    const { method = '', headers } = request
    const { describe, isTls } = this.#options
    const ownOrigin = `${isTls ? 'https' : 'http'}://${headers.host}`
    if (isForeignPage({ method, headers, ownOrigin })) {
      return problem(403, 'FOREIGN_ORIGIN', 'the page has another origin than the proxy')
    }
    const allowed = METHODS.get(path)
    if (allowed === undefined) {
      const known = [...METHODS.keys()].map((route) => `/__mock${route}`).join(' and ')
      return problem(404, 'NOT_FOUND', `the proxy has ${known} only`)
    }
    if (!allowed.includes(method)) {
      return problem(405, 'METHOD_NOT_ALLOWED', `use ${allowed.join(' or ')}`)
    }
    return method === 'POST' ? undefined : { status: 200, document: describe() }
  }

  #wait(response: ServerResponse): void {
    this.#waiting.add(response)
    response.once('close', () => this.#waiting.delete(response))
    this.#options.stop()
  }
}

const METHODS: ReadonlyMap<string, readonly string[]> = new Map([
  ['/record', ['GET', 'HEAD']],
  ['/record/stop', ['POST']],
])

/** The path below `/__mock`; undefined if the target is for the upstream. */
function ownPath(target: string): string | undefined {
  const [path = ''] = originForm(target).split('?', 1)
  const plain = path.includes('%') ? decodePath(path) : path
  return OWN.test(plain) ? plain.replace(OWN, '').replace(/\/$/, '') : undefined
}

/** A path with an invalid escape stays as it is. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** A problem document (RFC 9457), as the control API of the mock has. */
export function problem(status: number, code: string, reason: string): ProxyAnswer {
  const title = STATUS_CODES[status]
  const detail = `Cannot answer: ${reason}`
  return { status, document: { type: `urn:mock-gpudb:${code}`, title, status, code, detail } }
}

function send({ status, document }: ProxyAnswer, response: ServerResponse): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json'
  const body = `${JSON.stringify(document)}\n`
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, headers).end(body)
}
