import { STATUS_CODES } from 'node:http'
import type { Catalogue } from '../avro/catalogue.ts'
import type { RecordCodec } from '../avro/record-codec.ts'
import { isHanging, sendsHead, sentBytes } from '../connections/damaged-response.ts'
import type { Encoding } from '../jobs/encoding.ts'
import type { CodecMistake, HttpDamage, PieceDamage } from '../rules/damage.ts'
import type { Draws } from '../rules/draws.ts'
import type { StruckDamage } from '../rules/fault.ts'
import { damageMessage } from '../wire/damage-message.ts'
import type { Wrapper } from '../wire/wrapper.ts'
import type { HttpAnswer } from './http-answer.ts'

/** The call whose answer is damaged. */
export interface DamagedCall {
  readonly endpoint: string
  readonly encoding: Encoding
}

/** What damages answers, whatever they are. */
export interface AnswerTools {
  readonly catalogue: Catalogue
  readonly wrapper: Wrapper
  /** The codec of `gpudb_response`. */
  readonly codec: RecordCodec
}

/** The statuses whose answers have no body (RFC 9110, 6.4.1). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 304])

/** All of the body leaves, and then the connection ends: the length in the head may be wrong. */
const WHOLE: PieceDamage = { kind: 'cut', after: { percent: 100 }, end: 'close', part: 'body' }

/** Damages answers, or replaces them. */
export class AnswerDamage {
  readonly #tools: AnswerTools

  constructor(tools: AnswerTools) {
    this.#tools = tools
  }

  /** Returns what is sent instead of an answer. */
  damage(
    answer: HttpAnswer,
    { call, struck }: { readonly call: DamagedCall; readonly struck: StruckDamage },
  ): HttpAnswer {
    const { damage, draws } = struck
    switch (damage.kind) {
      case 'reset':
      case 'close':
      case 'hang':
      case 'garbage':
        return { ...answer, body: '', broken: { damage, draws } }
      case 'cut':
      case 'slow':
      case 'chunks':
        return { ...answer, broken: { damage, draws } }
      case 'empty':
        return { ...answer, status: 200, body: '', error: '' }
      case 'http':
        return { ...this.#page(damage, call), delayMs: answer.delayMs }
      case 'codec':
        return this.#damageMessage(answer, { call, mistake: damage, draws })
    }
  }

  #page(
    { status, page, phrase = STATUS_CODES[status] ?? '' }: Extract<HttpDamage, { kind: 'http' }>,
    { encoding }: DamagedCall,
  ): Omit<HttpAnswer, 'delayMs'> {
    const html = { contentType: 'text/html', status, phrase, error: '' }
    if (page === 'empty' || WITHOUT_BODY.has(status)) return { ...html, body: '' }
    if (page === 'html') return { ...html, body: writePage(`${status} ${phrase}`) }
    return { ...this.#tools.wrapper.error(encoding, phrase), status, phrase, error: phrase }
  }

  #damageMessage(answer: HttpAnswer, { call, mistake, draws }: MessageDamage): HttpAnswer {
    const { catalogue, codec: wrapper } = this.#tools
    const message = { ...call, body: toBytes(answer.body) }
    const tools = { catalogue, wrapper, draws }
    const { body, contentLength } = damageMessage(mistake, { message, tools })
    if (contentLength === undefined) return { ...answer, body }
    return { ...answer, body, broken: { damage: WHOLE, draws, contentLength } }
  }
}

interface MessageDamage {
  readonly call: DamagedCall
  readonly mistake: CodecMistake
  readonly draws: Draws
}

/** The number of bytes of the body that leave; none of an answer to HEAD. */
export function bytesThatLeave({ body, broken }: HttpAnswer, method: string): number {
  if (method === 'HEAD') return 0
  return broken === undefined ? body.length : sentBytes(broken.damage, body.length)
}

/** The HTTP status that leaves; 0 if the connection breaks before the end of the head. */
export function statusThatLeaves({ status, broken }: HttpAnswer): number {
  return broken === undefined || sendsHead(broken.damage) ? status : 0
}

/** Whether the client may take any time to read what is sent. */
export function isUnhurried({ broken }: HttpAnswer): boolean {
  return broken !== undefined && (broken.damage.kind === 'slow' || isHanging(broken.damage))
}

/** JSON and pages are ASCII: a byte for each character. */
export function toBytes(body: Buffer | string): Buffer {
  return typeof body === 'string' ? Buffer.from(body, 'latin1') : body
}

/** The page of a proxy, in the form that nginx has. */
function writePage(title: string): string {
  const text = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return [
    '<html>',
    `<head><title>${text}</title></head>`,
    '<body>',
    `<center><h1>${text}</h1></center>`,
    '<hr><center>proxy</center>',
    '</body>',
    '</html>',
    '',
  ].join('\r\n')
}
