import type { CodecMistake } from '../rules/damage.ts'
import type { Draws } from '../rules/draws.ts'
import { type MessageCodecs, OpenedMessage, type WholeMessage } from './opened-message.ts'

/** What damaging needs besides the message. */
export interface DamageTools extends MessageCodecs {
  readonly draws: Draws
}

/** A damaged answer. */
export interface DamagedMessage {
  readonly body: Buffer
  /** The Content-Length that is sent. Undefined: that of the body. */
  readonly contentLength?: number
}

/**
 * Makes one mistake in an answer; all else stays as it is. A part that the answer does not have,
 * such as the result of a running job, cannot be damaged: the answer is then returned as it came.
 */
export function damageMessage(
  mistake: CodecMistake,
  { message, tools }: { readonly message: WholeMessage; readonly tools: DamageTools },
): DamagedMessage {
  const { body } = message
  const { draws } = tools
  if (mistake.codec === 'trailing') {
    return { body: Buffer.concat([body, randomBytes(mistake.bytes, draws)]) }
  }
  const opened = new OpenedMessage(message, tools)
  if (mistake.codec === 'claim') return claimLength(mistake, { opened, message })
  return { body: damageOpened(mistake, { opened, draws }) ?? body }
}

/** A length that lies. JSON has no lengths but that of the body. */
function claimLength(
  { part, length }: Mistake<'claim'>,
  { opened, message }: { readonly opened: OpenedMessage; readonly message: WholeMessage },
): DamagedMessage {
  const { body, encoding } = message
  if (part !== 'wrapper' && encoding !== 'json') return { body: opened.claim(part, length) ?? body }
  return opened.has(part) ? { body, contentLength: length } : { body }
}

/** Undefined: the answer does not have the part. */
function damageOpened(
  mistake: Exclude<CodecMistake, Mistake<'claim' | 'trailing'>>,
  { opened, draws }: { readonly opened: OpenedMessage; readonly draws: Draws },
): Buffer | undefined {
  switch (mistake.codec) {
    case 'truncate':
      return opened.change(mistake.part, (bytes) => withoutEnd(bytes, mistake.bytes))
    case 'flip':
      return opened.change(mistake.part, (bytes) => flipBits(bytes, mistake.bits, draws))
    case 'record':
      return opened.withZero(mistake.endpoint)
    case 'data_type':
    case 'status':
      return opened.withField(mistake.codec, mistake.text)
    case 'omit':
      return opened.without(mistake.fields)
    case 'as':
      return opened.as(mistake.encoding)
  }
}

type Mistake<Kind extends CodecMistake['codec']> = Extract<CodecMistake, { readonly codec: Kind }>

function withoutEnd(bytes: Buffer, count: number): Buffer {
  return bytes.subarray(0, Math.max(0, bytes.length - count))
}

/** Inverts seeded bits, each at another place; no more than there are. */
function flipBits(bytes: Buffer, count: number, draws: Draws): Buffer {
  const changed = Buffer.from(bytes)
  const size = bytes.length * 8
  const places = new Set<number>()
  while (places.size < Math.min(count, size)) places.add(draws.integer(0, size - 1))
  for (const place of places) {
    const at = Math.floor(place / 8)
    changed.writeUInt8(changed.readUInt8(at) ^ (1 << (place % 8)), at)
  }
  return changed
}

function randomBytes(count: number, draws: Draws): Buffer {
  return Buffer.from(Array.from({ length: count }, () => draws.integer(0, 255)))
}
