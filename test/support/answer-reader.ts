/** An answer as its bytes say, without a library that repairs it. */
export interface RawAnswer {
  readonly status: number
  /** The names are in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

const HEAD_END = Buffer.from('\r\n\r\n')
const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e]*$/
const HEADER_LINE = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\x20-\xff\t]*?)[ \t]*$/

/**
 * Reads the answers of one connection from its bytes (RFC 9112): a body has a Content-Length, comes
 * in chunks, or ends with the connection. Interim answers (1xx) are skipped. Throws if the bytes are
 * not HTTP.
 */
export class AnswerReader {
  readonly answers: RawAnswer[] = []
  readonly #methods: readonly string[]
  #unread: Buffer = Buffer.alloc(0)

  /** `methods` of the requests, in order: an answer to HEAD has no body. */
  constructor(methods: readonly string[]) {
    this.#methods = methods
  }

  push(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes])
    while (this.#readOne());
  }

  /** Ends the reading when the connection is closed. Throws if an answer is incomplete. */
  end(): void {
    if (this.#unread.length === 0) return
    const read = readHead(this.#unread)
    if (read && !this.#hasLength(read)) {
      this.answers.push({ ...read.head, body: this.#unread.subarray(read.length) })
      return
    }
    throw new Error(`the connection was closed within an answer: ${excerpt(this.#unread)}`)
  }

  #readOne(): boolean {
    const read = readHead(this.#unread)
    if (read === undefined) return false
    const body = this.#readBody(read)
    if (body === undefined) return false
    this.#unread = this.#unread.subarray(read.length + body.length)
    if (read.head.status >= 200) this.answers.push({ ...read.head, body: body.content })
    return true
  }

  #hasLength({ head }: Head): boolean {
    return head.headers.has('content-length') || head.headers.has('transfer-encoding')
  }

  #readBody(read: Head): Body | undefined {
    const { status, headers } = read.head
    const rest = this.#unread.subarray(read.length)
    const isHead = this.#methods[this.answers.length] === 'HEAD'
    if (status < 200 || status === 204 || status === 304 || isHead) return EMPTY
    if (headers.get('transfer-encoding') === 'chunked') return readChunks(rest)
    const length = headers.get('content-length')
    if (length === undefined) return undefined
    if (!/^\d+$/.test(length)) throw new Error(`the Content-Length is ${length}`)
    if (rest.length < Number(length)) return undefined
    return { content: rest.subarray(0, Number(length)), length: Number(length) }
  }
}

interface Head {
  readonly head: Omit<RawAnswer, 'body'>
  /** With the empty line. */
  readonly length: number
}

interface Body {
  readonly content: Buffer
  /** In the stream, with the sizes of chunks. */
  readonly length: number
}

const EMPTY: Body = { content: Buffer.alloc(0), length: 0 }

function readHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return undefined
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const status = STATUS_LINE.exec(first)?.[1]
  if (status === undefined) throw new Error(`an answer begins with ${excerpt(bytes)}`)
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name, value = ''] = HEADER_LINE.exec(line) ?? []
    if (name === undefined) throw new Error(`an answer has the header line ${line}`)
    headers.set(name.toLowerCase(), value)
  }
  return { head: { status: Number(status), headers }, length: end + HEAD_END.length }
}

function readChunks(bytes: Buffer): Body | undefined {
  const parts: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const line = bytes.toString('latin1', at, lineEnd)
    if (!/^[\da-f]+$/i.test(line)) throw new Error(`the size of a chunk is ${line}`)
    const size = Number.parseInt(line, 16)
    const start = lineEnd + 2
    if (bytes.length < start + size + 2) return undefined
    at = start + size + 2
    if (size === 0) return { content: Buffer.concat(parts), length: at }
    parts.push(bytes.subarray(start, start + size))
  }
}

function excerpt(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1', 0, 200))
}
