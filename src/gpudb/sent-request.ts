import type { RecordCodec } from '../avro/record-codec.ts'
import type { RequestDecoder, SentRequest } from '../jobs/job.ts'
import { decodeMessage, type EncodedMessage } from '../wire/message.ts'

/** The largest request that is kept as it was sent, in bytes: decoding it again takes microseconds. */
const MAX_SENT_BYTES = 1024

const NOT_ASCII = /[^\0-\x7f]/

/** The encodings whose messages are about as large as their content. */
type KeptEncoding = 'json' | 'binary'

/** The decoders of each record: all jobs of an endpoint share them. */
const DECODERS = new WeakMap<RecordCodec, Readonly<Record<KeptEncoding, RequestDecoder>>>()

/**
 * What a job keeps of a request that could be decoded: its bytes if they are few, else undefined. A
 * compressed one is not kept, since a few bytes may hold much.
 */
export function keepSent(
  codec: RecordCodec,
  { encoding, bytes }: Pick<EncodedMessage, 'encoding' | 'bytes'>,
): SentRequest | undefined {
  if (encoding === 'snappy' || bytes.length > MAX_SENT_BYTES) return undefined
  const sent = toLatin1(bytes)
  if (sent.length > MAX_SENT_BYTES) return undefined
  return { bytes: sent, decode: decodersOf(codec)[encoding] }
}

/** A character for each byte, also for those of a text in UTF-8. */
function toLatin1(bytes: Buffer | string): string {
  if (typeof bytes !== 'string') return bytes.toString('latin1')
  return NOT_ASCII.test(bytes) ? Buffer.from(bytes).toString('latin1') : bytes
}

function decodersOf(codec: RecordCodec): Readonly<Record<KeptEncoding, RequestDecoder>> {
  const known = DECODERS.get(codec)
  if (known !== undefined) return known
  const decoders = { json: decoderOf(codec, 'json'), binary: decoderOf(codec, 'binary') }
  DECODERS.set(codec, decoders)
  return decoders
}

function decoderOf(codec: RecordCodec, encoding: KeptEncoding): RequestDecoder {
  const message = { name: 'data', maxBytes: MAX_SENT_BYTES } as const
  return (sent) => {
    // ASCII is its own text.
    if (encoding === 'json' && !NOT_ASCII.test(sent)) {
      return decodeMessage(codec, { encoding, bytes: sent, ...message })
    }
    return decodeMessage(codec, { encoding, bytes: Buffer.from(sent, 'latin1'), ...message })
  }
}
