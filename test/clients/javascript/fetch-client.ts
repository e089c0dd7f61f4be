import { type Fields, isFields } from './compare.ts'
import { readJson, writeJson } from './exact-json.ts'

const LIMIT_MS = 20_000

/** The server and the credentials of a client. */
export interface Target {
  readonly url: string
  readonly user?: string | undefined
  readonly password?: string | undefined
}

/** A simple client based on fetch, for Node and for browsers. It uses JSON. */
export class FetchClient {
  readonly #url: string
  readonly #headers: Readonly<Record<string, string>>

  constructor({ url, user, password }: Target) {
    this.#url = url
    const credentials = user === undefined ? {} : { authorization: basic(`${user}:${password}`) }
    this.#headers = { 'content-type': 'application/json', ...credentials }
  }

  /**
   * Calls an endpoint and returns its response record.
   *
   * @throws Error with the message of the answer, or of fetch if there is no answer.
   */
  async call(endpoint: string, request: Fields): Promise<Fields> {
    const answer = await fetch(`${this.#url}${endpoint}`, {
      method: 'POST',
      headers: this.#headers,
      body: writeJson(request),
      signal: AbortSignal.timeout(LIMIT_MS),
    })
    const text = await answer.text()
    if (answer.status === 401) throw new Error(`unauthorized: ${text}`)
    const { status, message, data_str } = readFields(text)
    if (answer.ok !== (status === 'OK')) {
      throw new Error(`HTTP ${answer.status} around a wrapper with the status ${status}`)
    }
    if (!answer.ok) throw new Error(`HTTP ${answer.status}: ${message}`)
    return readFields(String(data_str))
  }
}

/**
 * Reads a JSON object.
 *
 * @throws Error if the text is not a JSON object.
 */
export function readFields(text: string): Fields {
  const fields = readJson(text)
  if (!isFields(fields)) throw new Error(`no JSON object: ${text}`)
  return fields
}

function basic(credentials: string): string {
  return `Basic ${btoa(credentials)}`
}
