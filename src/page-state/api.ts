import { type Call, oneLine } from './call.ts'
import { parseJson } from './json-text.ts'

/** A call that failed. The message is for people: the `detail` of a problem, or of the network. */
export class ApiError extends Error {
  /** The `code` of a problem document; `UNREACHABLE` if the mock did not answer. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** What reads documents. */
export interface Reader {
  get<Document>(path: string): Promise<Document>
}

/** The parts of fetch that the page uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** The control API of a scope. Every call has a relative URL. */
export class Api implements Reader {
  readonly #fetch: Fetch
  #token: string | undefined

  constructor(fetch: Fetch, token: string | undefined) {
    this.#fetch = fetch
    this.#token = token
  }

  /** The token that calls have; undefined if the mock needs no token, or it is not entered yet. */
  get token(): string | undefined {
    return this.#token
  }

  set token(token: string | undefined) {
    this.#token = token
  }

  /** Reads a document. Throws ApiError. */
  async get<Document>(path: string): Promise<Document> {
    return parseJson<Document>(await this.send({ method: 'GET', path }))
  }

  /** Makes a call, and returns the text of its answer. Throws ApiError. */
  async send({ method, path, body }: Call): Promise<string> {
    const sent = body === undefined ? {} : { body: oneLine(body) }
    const response = await this.#call(path, { method, ...sent })
    return await response.text().catch((error) => Promise.reject(unreachable(error)))
  }

  /** Opens the stream of events; it ends when the signal is aborted. Throws ApiError. */
  async openEvents(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const { body } = await this.#call('events', { signal })
    if (body === null) throw new ApiError('UNREACHABLE', 'The stream of events has no body')
    return body
  }

  async #call(path: string, init: RequestInit): Promise<Response> {
    const headers = {
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
    }
    const response = await this.#fetch(path, { ...init, headers }).catch((error) =>
      Promise.reject(unreachable(error)),
    )
    if (!response.ok) throw await toError(response)
    return response
  }
}

function unreachable(error: unknown): ApiError {
  return new ApiError('UNREACHABLE', `The mock does not answer: ${String(error)}`)
}

/** Reads a problem document; a proxy may have answered instead of the mock. */
async function toError(response: Response): Promise<ApiError> {
  const { status } = response
  try {
    const { code, detail } = parseJson<Record<string, unknown>>(await response.text())
    if (typeof code === 'string' && typeof detail === 'string') return new ApiError(code, detail)
  } catch {
    // Not JSON: the status says it.
  }
  const code = status === 401 ? 'UNAUTHORIZED' : 'UNREADABLE'
  return new ApiError(code, `The answer has the status ${status} and no problem document`)
}
