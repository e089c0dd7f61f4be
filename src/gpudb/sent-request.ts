import type { RecordCodec } from '../avro/record-codec.ts'
import type { RequestDecoder, SentRequest } from '../jobs/job.ts'
import { decodeMessage, type EncodedMessage } from '../wire/message.ts'

/** The largest request that is kept as it was sent, in bytes: decoding it again takes microseconds. */
const MAX_SENT_BYTES = 1024

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
  return { bytes: bytes.toString('latin1'), decode: decodersOf(codec)[encoding] }
}

function decodersOf(codec: RecordCodec): Readonly<Record<KeptEncoding, RequestDecoder>> {
  const known = DECODERS.get(codec)
  if (known !== undefined) return known
  const decoders = { json: decoderOf(codec, 'json'), binary: decoderOf(codec, 'binary') }
  DECODERS.set(codec, decoders)
  return decoders
}

function decoderOf(codec: RecordCodec, encoding: KeptEncoding): RequestDecoder {
  return (sent) => {
    const bytes = Buffer.from(sent, 'latin1')
    return decodeMessage(codec, { encoding, bytes, name: 'data', maxBytes: MAX_SENT_BYTES })
  }
}
