import { maxHeaderSize } from 'node:http'
import { RequestError } from './request-error.ts'

/** An error of Node's HTTP server, with the bytes that it could not read. */
export interface ParseError extends Error {
  readonly code?: unknown
  readonly rawPacket?: unknown
  /** How many bytes of the packet are HTTP. */
  readonly bytesParsed?: unknown
}

/** The first line of a request. */
export interface RequestLine {
  readonly method: string
  readonly target: string
}

/** Whether the error is about the bytes of a request; others are of TCP or TLS. */
export function isAboutRequest({ code }: ParseError): boolean {
  return typeof code === 'string' && /^(HPE|ERR_HTTP)_/.test(code)
}

/** What a client sees of an error of Node's HTTP server. */
export function describeFailure(error: ParseError, line: RequestLine | undefined): RequestError {
  const refuse = (status: number, reason: string) =>
    new RequestError(status, `Cannot read the request: ${reason}`, { cause: error })
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return refuse(431, `its headers are over ${maxHeaderSize / 1024} KiB`)
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return refuse(413, 'its chunk extensions are too long')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refuse(408, 'it took too long, raise header-timeout or request-timeout')
    case 'HPE_PAUSED_H2_UPGRADE':
      return refuse(400, 'the mock has HTTP/1.1 only, not HTTP/2')
    case 'HPE_INVALID_METHOD':
      return line === undefined
        ? refuse(400, 'this is not HTTP')
        : refuse(405, `HTTP has no method ${line.method}`)
    default:
      return refuse(400, error.message.replace(/^Parse Error: /, ''))
  }
}

/** A request line; the version may be one that does not exist. */
const REQUEST_LINE = /^([A-Za-z-]+) (\S+) HTTP\/\d\S*\r?$/gm

/**
 * The line of the request that could not be read: the last one before the error. Undefined if it came
 * in an earlier packet, or is not readable.
 */
export function findRequestLine(error: ParseError): RequestLine | undefined {
  const { code, rawPacket, bytesParsed } = error
  if (!Buffer.isBuffer(rawPacket) || typeof bytesParsed !== 'number') return undefined
  const text = rawPacket.toString('latin1')
  const end = text.indexOf('\n', bytesParsed)
  // An unknown method is where the error is, behind the body of another request perhaps.
  const start = code === 'HPE_INVALID_METHOD' ? wordStart(text, bytesParsed) : 0
  const lines = text.slice(start, end < 0 ? text.length : end).matchAll(REQUEST_LINE)
  const [, method, target] = Array.from(lines).at(-1) ?? []
  return method === undefined || target === undefined ? undefined : { method, target }
}

/** The longest method that a message quotes, in characters. */
const MAX_METHOD = 40

/** Where the word starts that a position is in, or right behind. */
function wordStart(text: string, at: number): number {
  const from = Math.max(at - MAX_METHOD, 0)
  return from + text.slice(from, at).search(/[A-Za-z-]*$/)
}
