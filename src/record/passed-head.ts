import type { IncomingMessage, ServerResponse } from 'node:http'
import { toPairs } from './upstream.ts'

/** Headers of one connection: those to a client of HTTP/1.0 are Node's, which ends the body by closing. */
const OF_ONE_HOP: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding'])

/** Headers that describe how a body is sent: a body of the proxy has its own. */
const OF_BODY: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'transfer-encoding',
])

/** No bytes: with them, Node sends a head in Latin-1, as it came. */
export const NOTHING = Buffer.alloc(0)

/** The characters that Node sends in a phrase: those of Latin-1 that are no control characters. */
const PHRASE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Node reads each status of three digits and each phrase of one line, but sends fewer. */
export function headProblem({
  statusCode = 0,
  statusMessage,
}: IncomingMessage): string | undefined {
  if (statusCode < 100) return `its status ${statusCode} is below 100`
  return PHRASE.test(String(statusMessage)) ? undefined : 'its phrase has control characters'
}

/** Sends the head of an answer as it came: status, phrase, and the headers with their case and order. */
export function passHead(answer: IncomingMessage, response: ServerResponse): void {
  writeHead(answer, { response, headers: answer.rawHeaders })
}

/** As `passHead`, for a body that is not the one of the answer. */
export function passHeadFor(body: Buffer, answer: IncomingMessage, response: ServerResponse): void {
  const headers = without(OF_BODY, answer.rawHeaders)
  writeHead(answer, { response, headers: [...headers, 'Content-Length', String(body.length)] })
}

function writeHead(
  { statusCode = 0, statusMessage = '' }: IncomingMessage,
  { response, headers }: { readonly response: ServerResponse; readonly headers: string[] },
): void {
  const isModern = response.req.httpVersion === '1.1'
  response.sendDate = false
  // An answer without a length ends when the connection does; Node would send chunks.
  response.useChunkedEncodingByDefault = false
  // Without this, Node adds a header of its own.
  if (isModern) response.removeHeader('connection')
  response.writeHead(statusCode, statusMessage, isModern ? headers : without(OF_ONE_HOP, headers))
  // flushHeaders would send the head in UTF-8.
  response.write(NOTHING)
}

function without(names: ReadonlySet<string>, rawHeaders: readonly string[]): string[] {
  return toPairs(rawHeaders)
    .filter(([name]) => !names.has(name.toLowerCase()))
    .flat()
}
