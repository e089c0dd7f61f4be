import { get as getHttp, type IncomingMessage } from 'node:http'
import { get as getHttps } from 'node:https'
import type { TimeSource } from '../clock/time-source.ts'
import type { ClockDocument } from '../control/clock-control.ts'
import type { HealthDetails } from '../control/describe-health.ts'
import type { BriefRequestDocument } from '../control/recorded-request.ts'
import type { ScopeDocument } from '../control/scope-control.ts'
import type { BriefJobDocument } from '../control-parts/job-document.ts'
import { parseExactJson } from '../documents/exact-json.ts'
import { fieldOf, isObject } from '../documents/field-of.ts'
import { ControlFailure, describeError } from './control-failure.ts'

/** The scope of a mock whose control API is called. */
export interface ControlTarget {
  /** The URL of the mock without a slash at its end. */
  readonly url: string
  readonly scope: string
  readonly token?: string | undefined
}

/** A part of the requests of a scope; each has more keys if the list is not brief. */
export interface RequestPage {
  readonly requests: readonly BriefRequestDocument[]
  readonly total: number
  readonly dropped: number
}

/** A part of the jobs of a scope; each has more keys if the list is not brief. */
export interface JobPage {
  readonly jobs: readonly BriefJobDocument[]
  readonly total: number
}

/** The query of a list; undefined keys are omitted. */
export type ListQuery = Readonly<Record<string, string | number | boolean | undefined>>

/** An answer, and the path below `/__mock` that was asked for. */
interface Answered {
  readonly path: string
  readonly answer: IncomingMessage
  readonly body: unknown
}

/** How long the head of an answer, and then its body, may take, in ms. */
const TIMEOUT_MS = 10_000

/** The largest answer that is read, in bytes: a list with bodies has up to 16 MiB of them. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/**
 * Calls the public control API of a mock, which is trusted once it has answered in its form. Certificates
 * are not checked. Each method throws ControlFailure if the mock cannot be reached or rejects the call.
 */
export class ControlClient {
  readonly url: string
  readonly scope: string
  readonly #token: string | undefined
  readonly #time: TimeSource

  constructor({ url, scope, token }: ControlTarget, time: TimeSource) {
    this.url = url
    this.scope = scope
    this.#token = token
    this.#time = time
  }

  health(): Promise<HealthDetails> {
    return this.#read('/health?verbose=true', ['version', 'uptime_ms'])
  }

  clock(): Promise<ClockDocument> {
    return this.#read('/clock', ['mode', 'now_ms'])
  }

  scopes(): Promise<{ readonly scopes: readonly ScopeDocument[] }> {
    return this.#read('/scopes', ['scopes'])
  }

  jobs(query: ListQuery): Promise<JobPage> {
    return this.#read(`/jobs${writeQuery(query)}`, ['jobs', 'total'])
  }

  requests(query: ListQuery): Promise<RequestPage> {
    return this.#read(`/requests${writeQuery(query)}`, ['requests', 'total'])
  }

  /** Opens the stream of events. It ends when the signal is aborted. */
  async events(signal: AbortSignal): Promise<IncomingMessage> {
    const path = '/events'
    const answer = await this.#request(path, signal)
    const type = String(answer.headers['content-type'])
    if (answer.statusCode === 200 && type.startsWith('text/event-stream')) return answer
    throw this.#refusal({ path, answer, body: await this.#readBody(answer) })
  }

  async #read<Answer extends object>(path: string, keys: readonly string[]): Promise<Answer> {
    const answer = await this.#request(path)
    const body = await this.#readBody(answer)
    if (answer.statusCode === 200 && hasKeys<Answer>(body, keys)) return body
    throw this.#refusal({ path, answer, body })
  }

  /** Why an answer is not the one that was asked for. */
  #refusal({ path, answer: { statusCode }, body }: Answered): ControlFailure {
    if (!isProblem(body)) {
      const asked = `GET /__mock${path.replace(/\?.*/s, '')}`
      const hint = statusCode === 404 ? '; with --control-port, its control API is there' : ''
      const message = `${this.url} is no mock-gpudb: ${asked} answers ${statusCode}${hint}`
      return new ControlFailure('NO_MOCK', message)
    }
    if (statusCode !== 401) {
      return new ControlFailure('PROBLEM', String(body.detail), String(body.code))
    }
    const message =
      this.#token === undefined
        ? `${this.url} needs a token: give it with --token, --token-file or MOCK_GPUDB_TOKEN`
        : `${this.url} rejects the token: give another one with --token or --token-file`
    return new ControlFailure('UNAUTHORIZED', message)
  }

  /** Resolves with the head of the answer. */
  #request(path: string, signal?: AbortSignal): Promise<IncomingMessage> {
    const { href, protocol } = new URL(`${this.url}${scopePath(this.scope)}/__mock${path}`)
    const headers = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }
    const options = {
      headers,
      agent: false,
      rejectUnauthorized: false,
      ...(signal === undefined ? {} : { signal }),
    }
    return new Promise((resolve, reject) => {
      const request = (protocol === 'https:' ? getHttps : getHttp)(href, options, (answer) => {
        cancel()
        resolve(answer)
      })
      const cancel = this.#time.startTimer(TIMEOUT_MS, () => {
        request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`))
      })
      request.once('error', (error) => {
        cancel()
        reject(this.#lost(error))
      })
    })
  }

  async #readBody(answer: IncomingMessage): Promise<unknown> {
    const cancel = this.#time.startTimer(TIMEOUT_MS, () => {
      answer.destroy(new Error(`no whole answer within ${TIMEOUT_MS} ms`))
    })
    const chunks: Buffer[] = []
    let bytes = 0
    try {
      for await (const chunk of answer) {
        bytes += chunk.length
        if (bytes > MAX_ANSWER_BYTES) throw new Error('its answer is too large')
        chunks.push(chunk)
      }
    } catch (error) {
      throw this.#lost(error)
    } finally {
      cancel()
    }
    return tryParse(Buffer.concat(chunks).toString('utf8'))
  }

  #lost(error: unknown): ControlFailure {
    return new ControlFailure('NO_ANSWER', `${this.url} does not answer: ${describeError(error)}`)
  }
}

function scopePath(scope: string): string {
  return scope === 'default' ? '' : `/~${encodeURIComponent(scope)}`
}

function writeQuery(query: ListQuery): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) params.set(key, String(value))
  }
  return `?${params}`
}

/** The value of a JSON text; undefined if it is invalid. */
function tryParse(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch {
    return undefined
  }
}

/** Whether an answer is the expected one, as its keys show. */
export function hasKeys<Answer extends object>(
  value: unknown,
  keys: readonly string[],
): value is Answer {
  return isObject(value) && keys.every((key) => Object.hasOwn(value, key))
}

function isProblem(body: unknown): body is { readonly code: unknown; readonly detail: unknown } {
  return String(fieldOf(body, 'type')).startsWith('urn:mock-gpudb:')
}
