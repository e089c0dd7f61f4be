import type { IncomingMessage, ServerResponse } from 'node:http'
import { decodeContent } from './content-coding.ts'
import type { Replacing } from './passage.ts'
import { passHead, passHeadFor } from './passed-head.ts'
import type { PropertiesRewriter, RewrittenProperties } from './rewrite-properties.ts'

/** The largest answer of the endpoint that is rewritten, in bytes. */
const MAX_BYTES = 16 * 1024 * 1024

/** What rewriting needs besides the answer. */
export interface ReplacedPropertiesOptions {
  readonly rewriter: PropertiesRewriter
  /** Scheme and host name of the proxy, as the client called it. */
  readonly hostUrl: string
  readonly response: ServerResponse
  /** Called with what was done. */
  readonly done: (result: RewrittenProperties) => void
}

/** The answer of `/show/system/properties`, which is sent when it is whole. */
export class ReplacedProperties implements Replacing {
  readonly #answer: IncomingMessage
  readonly #options: ReplacedPropertiesOptions
  readonly #chunks: Buffer[] = []
  #bytes = 0

  constructor(answer: IncomingMessage, options: ReplacedPropertiesOptions) {
    this.#answer = answer
    this.#options = options
  }

  add(chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > MAX_BYTES) throw new RangeError(`it has more than ${MAX_BYTES} bytes`)
    this.#chunks.push(chunk)
  }

  send(): void {
    const { headers } = this.#answer
    const { rewriter, hostUrl, response, done } = this.#options
    const body = Buffer.concat(this.#chunks)
    const plain = decodeContent(body, headers['content-encoding'])
    const result = rewriter.rewrite({ contentType: headers['content-type'], body: plain }, hostUrl)
    if ('body' in result && result.names.length > 0) {
      passHeadFor(result.body, this.#answer, response)
      response.end(result.body)
    } else {
      passHead(this.#answer, response)
      response.end(body)
    }
    done(result)
  }
}
