import type { Encoding } from '../../src/jobs/encoding.ts'

/** Bytes to send, and what the answer must be. */
export interface Input {
  readonly bytes: Buffer
  readonly method: string
  readonly expected: Expectation
  /** The request of which the bytes were written; undefined if they are not a request. */
  readonly parts?: RequestParts
}

/** What must be true of the answer to an input, besides being well formed. */
export type Expectation =
  | CallExpectation
  /** A wrapper, or what the faults that strike the call can do; the endpoint as in a call. */
  | { readonly kind: 'struck'; readonly endpoint?: string }
  /** A JSON document, or a problem document. */
  | { readonly kind: 'control' }
  /**
   * Answers of either kind, at least to the whole requests at the start; then the connection ends.
   * With `leaves`, the client leaves before it can read an answer.
   */
  | { readonly kind: 'bytes'; readonly whole: number; readonly leaves?: boolean }

/** The answer is a wrapper. */
export interface CallExpectation {
  readonly kind: 'call'
  /** The endpoint of the catalogue; undefined if the path is another. */
  readonly endpoint?: string | undefined
  /** The encoding of a valid request that no rule matches: the answer must be OK. */
  readonly valid?: Encoding
  /** Whether a rule can close the connection, or choose the status and the error. */
  readonly hasRules?: boolean | undefined
}

/** The parts of a request with a body of known length. */
export interface RequestParts {
  readonly method: string
  /** In ASCII, without spaces and control characters. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
  /** The sizes of the chunks of the body; undefined sends a Content-Length. */
  readonly chunkSizes?: readonly number[]
}

/** Writes a request as bytes. */
export function writeRequest({
  method,
  path,
  headers = {},
  body,
  chunkSizes,
}: RequestParts): Buffer {
  const framing = describeFraming(body, chunkSizes)
  const lines = Object.entries({ host: 'localhost', ...headers, ...framing })
  const head = [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)]
  const sent = body && chunkSizes ? writeChunks(body, chunkSizes) : (body ?? Buffer.alloc(0))
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), sent])
}

function describeFraming(
  body: Buffer | undefined,
  chunkSizes: readonly number[] | undefined,
): Record<string, string> {
  if (body === undefined) return {}
  return chunkSizes ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(body.length) }
}

function writeChunks(body: Buffer, sizes: readonly number[]): Buffer {
  const parts: Buffer[] = []
  let at = 0
  for (const size of [...sizes, body.length]) {
    const chunk = body.subarray(at, at + size)
    at += chunk.length
    if (chunk.length > 0) parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, CRLF)
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}

const CRLF = Buffer.from('\r\n')

/** The input of a request. */
export function inputOf(parts: RequestParts, expected: Expectation): Input {
  return { bytes: writeRequest(parts), method: parts.method, expected, parts }
}

/** The command for a shell that sends an input again; `U` is the URL of the mock. */
export function writeCommand({ bytes, parts, expected }: Input): string {
  if (parts) return writeCurl(parts)
  const command = `xxd -r -p <<< ${bytes.toString('hex')} | nc -q 2 localhost 9191`
  const leaves = expected.kind === 'bytes' && expected.leaves === true
  return leaves ? `${command} # the client resets the connection at once` : command
}

function writeCurl({ method, path, headers = {}, body, chunkSizes }: RequestParts): string {
  const chunked = chunkSizes ? { ...headers, 'transfer-encoding': 'chunked' } : headers
  const flags = Object.entries(chunked).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`)
  const given = body ? `printf ${quote(escapeBytes(body))} | ` : ''
  const data = body ? ['--data-binary @-'] : []
  return `${given}curl -sS -i --path-as-is -g -X ${method} ${[...flags, ...data].join(' ')} "$U"${quote(path)}`
}

/** For printf: bytes outside of printable ASCII, `%` and backslashes in octal. */
function escapeBytes(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[^\x20-\x7e]|[%\\]/g, (character) => {
    return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`
  })
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
