import type { AvroRecord } from '../avro/avro-value.ts'
import type { EndpointRecords } from '../avro/endpoint-records.ts'
import { decodeCall, type EncodedCall } from './decode-call.ts'

/** The largest body that is kept, in bytes: a poll has less, a request with a payload more. */
const MAX_BODY_BYTES = 100

/** How many requests are kept; then keeping begins anew. */
const MAX_REQUESTS = 500

/** A decoded request, and what it was decoded as. */
interface Recent {
  readonly records: EndpointRecords
  readonly encoding: EncodedCall['encoding']
  readonly request: AvroRecord
}

/** Decodes calls; small ones that came recently are not decoded again: a poll is sent many times. */
export class RecentRequests {
  /** By their bodies, with one character a byte. */
  readonly #requests = new Map<string, Recent>()

  /** How many requests are kept. */
  get size(): number {
    return this.#requests.size
  }

  /** The request of a call, as `decodeCall` returns it. Throws as it does. */
  decode(records: EndpointRecords, call: EncodedCall): AvroRecord {
    const { body, encoding } = call
    // The body of an endpoint that is JSON only is not all of its request.
    const isWhole = records.form === undefined
    // A compressed one may hold twenty times its size.
    const isSmall = body.length <= MAX_BODY_BYTES && encoding !== 'snappy'
    if (!isWhole || !isSmall) return decodeCall(records, call)
    const text = body.toString('latin1')
    const known = this.#requests.get(text)
    if (known?.records === records && known.encoding === encoding) return known.request
    const request = decodeCall(records, call)
    if (this.size >= MAX_REQUESTS) this.#requests.clear()
    this.#requests.set(text, { records, encoding, request })
    return request
  }
}
