import type { RawAnswer } from '../support/answer-reader.ts'
import { checkPayload, decodePayload, responseOf } from '../support/decode-payload.ts'
import { readMetrics } from '../support/prometheus-text.ts'
import { mediaTypeOf, readWrapper, type Wrapper } from '../support/read-wrapper.ts'
import type { CallExpectation, Input } from './input.ts'
import { RAW_TEXTS } from './words.ts'

/** Scripted results that are not records, on purpose. */
const RAW_RESULTS: ReadonlySet<string> = new Set(RAW_TEXTS)

/** How much longer than its request an error may be. */
const MAX_ERROR_FACTOR = 20
const MAX_SHORT_ERROR = 16 * 1024

/** Why an answer is not what it must be; undefined if it is. */
export function findAnswerProblem(answer: RawAnswer, input: Input): string | undefined {
  try {
    checkAnswer(answer, input)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function checkAnswer(answer: RawAnswer, { bytes, method, expected }: Input): void {
  // The text of a rule's error has any length.
  const isScripted = expected.kind === 'call' && expected.hasRules === true
  if (answer.status >= 400 && !isScripted) checkLength(answer.body, bytes)
  if (method === 'HEAD' || method === 'OPTIONS') checkStatus(answer)
  else if (expected.kind === 'control') checkControl(answer)
  else if (expected.kind === 'call') checkCall(answer, expected)
  else checkEither(answer)
}

/** The answer to bytes whose path and method may be changed; whole ones poll. */
function checkEither(answer: RawAnswer): void {
  if (answer.status === 204 && answer.body.length === 0) return
  if (isWrapper(answer)) checkCall(answer, { kind: 'call', endpoint: '/get/job' })
  else checkControl(answer)
}

function isWrapper(answer: RawAnswer): boolean {
  const type = mediaTypeOf(answer)
  if (type !== 'application/json') return type !== 'application/problem+json'
  return answer.body.includes('"data_type":')
}

function checkStatus({ status }: RawAnswer): void {
  if (status >= 500) throw new Error(`the status is ${status}`)
}

function checkLength(body: Buffer, sent: Buffer): void {
  const most = sent.length * MAX_ERROR_FACTOR + MAX_SHORT_ERROR
  if (body.length > most) throw new Error(`an error of ${body.length} bytes`)
}

function checkControl(answer: RawAnswer): void {
  checkStatus(answer)
  const text = answer.body.toString('utf8')
  if (answer.status === 204) return
  if (answer.status < 400) {
    readDocument(text, mediaTypeOf(answer))
    return
  }
  const problem: Readonly<Record<string, unknown>> = Object(JSON.parse(text))
  const { type, title, status, code, detail } = problem
  const isWhole = [type, title, code, detail].every((part) => typeof part === 'string')
  if (mediaTypeOf(answer) !== 'application/problem+json' || !isWhole || status !== answer.status) {
    throw new Error(`the problem ${text.slice(0, 300)} of type ${mediaTypeOf(answer)}`)
  }
  if (code === 'UNEXPECTED') throw new Error(`an unexpected error: ${detail}`)
}

/** Reads a document of the control API, or its metrics. Throws if it is neither. */
function readDocument(text: string, type: string): void {
  if (type === 'application/json') JSON.parse(text)
  else if (type === 'text/plain') readMetrics(text)
  else throw new Error(`a document of type ${type}`)
}

function checkCall(answer: RawAnswer, { endpoint, valid, hasRules }: CallExpectation): void {
  if (!hasRules) checkStatus(answer)
  checkHeaders(answer)
  if (mediaTypeOf(answer) === 'application/octet-stream' && answer.body.equals(RUNNING)) return
  const wrapper = readWrapper(answer)
  if (wrapper.status === 'OK') checkOk(answer, wrapper, { endpoint, hasRules })
  else checkError(answer, wrapper, hasRules)
  if (valid === undefined) return
  if (wrapper.status !== 'OK') throw new Error(`a valid request is rejected: ${wrapper.message}`)
  const isJson = mediaTypeOf(answer) === 'application/json'
  if (isJson !== (valid === 'json')) throw new Error(`${valid} is answered in another encoding`)
}

const RUNNING = Buffer.from('Kinetica is running!')

function checkHeaders({ headers }: RawAnswer): void {
  if (headers.get('access-control-allow-origin') !== '*') throw new Error('no CORS header')
  const seconds = headers.get('x-request-time-secs')
  if (!/^\d+\.\d+$/.test(seconds ?? '')) throw new Error(`x-request-time-secs is ${seconds}`)
}

function checkOk(
  { status, body }: RawAnswer,
  { dataType, payload, message }: Wrapper,
  { endpoint, hasRules = false }: Pick<CallExpectation, 'endpoint' | 'hasRules'>,
): void {
  if (status !== 200 || message !== '') throw new Error(`OK with ${status} and "${message}"`)
  if (endpoint === undefined) throw new Error('OK for a path that is no endpoint')
  const wanted = responseOf(endpoint).name
  if (dataType !== wanted) throw new Error(`the data_type is ${dataType} instead of ${wanted}`)
  if (typeof payload === 'string' && body.some((byte) => byte > 127)) throw new Error('not ASCII')
  if (RAW_RESULTS.has(payload.toString())) return
  // A rule can answer /get/job with any record.
  if (hasRules) decodePayload(responseOf(endpoint), payload)
  else checkPayload(endpoint, payload)
}

function checkError(
  { status: httpStatus }: RawAnswer,
  wrapper: Wrapper,
  hasRules: CallExpectation['hasRules'],
): void {
  const { status, message, dataType, payload } = wrapper
  if (status !== 'ERROR' || httpStatus < 400) throw new Error(`${status} with ${httpStatus}`)
  if (dataType !== 'none' || payload.length > 0) throw new Error(`an error with ${dataType}`)
  // A rule can have an empty error.
  if (message === '' && !hasRules) throw new Error('an error without a message')
}
