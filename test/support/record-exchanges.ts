import type { AvroRecord } from '../../src/avro/avro-value.ts'
import { zeroRecord } from '../../src/avro/zero-value.ts'
import type { Exchange } from '../../src/exchanges/exchange.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import { Wrapper } from '../../src/wire/wrapper.ts'
import { sendHttp } from './http.ts'
import { catalogue, encodeRequest, type TestServer } from './server.ts'

const MEDIA_TYPES = {
  json: 'application/json',
  binary: 'application/octet-stream',
  snappy: 'application/x-snappy',
} satisfies Record<Encoding, string>

/** A request as it is sent. */
export interface Sent {
  readonly target: string
  readonly type: string
  readonly body: Buffer
  readonly method?: string
}

/** A request of an endpoint; omitted fields are Avro's zero. */
export function sentOf(encoding: Encoding, endpoint: string, fields: AvroRecord): Sent {
  return {
    target: endpoint,
    type: MEDIA_TYPES[encoding],
    body: encodeRequest(encoding, endpoint, fields),
  }
}

/** Sends a request to a mock, and returns what a proxy would see of it. */
export async function exchange(
  { port, clock }: Pick<TestServer, 'port' | 'clock'>,
  { target, type, body, method = 'POST' }: Sent,
): Promise<Exchange> {
  const receivedAtMs = clock.now()
  const headers = { 'content-type': type }
  const answer = await sendHttp(port, { method, path: target, headers, body })
  return {
    receivedAtMs,
    answeredAtMs: clock.now(),
    method,
    target,
    requestType: type,
    request: body,
    status: answer.status,
    answerType: answer.headers['content-type'],
    answer: answer.body,
    whole: true,
  }
}

const wrapper = new Wrapper(catalogue.readWrapper())

/** An exchange that no server made. */
export interface Made {
  readonly endpoint: string
  readonly encoding?: Encoding
  readonly request?: AvroRecord
  /** Fields of the response; the others are zero. */
  readonly response?: AvroRecord
  readonly error?: string
  /** By default 200, or 400 for an error. */
  readonly status?: number
  /** By default 1000. */
  readonly atMs?: number
}

/** Makes an exchange as the mock would answer it. */
export function made({
  endpoint,
  encoding = 'json',
  request = {},
  atMs = 1000,
  ...given
}: Made): Exchange {
  const { type, body } = sentOf(encoding, endpoint, request)
  const { error, response, status = error === undefined ? 200 : 400 } = given
  const codec = catalogue.get(endpoint).response
  const record = { ...zeroRecord(codec.schema), ...response }
  const answer =
    error === undefined
      ? wrapper.okRecord(encoding, { codec, record })
      : wrapper.error(encoding, error)
  return {
    receivedAtMs: atMs,
    answeredAtMs: atMs,
    method: 'POST',
    target: endpoint,
    requestType: type,
    request: body,
    status,
    answerType: answer.contentType,
    answer: Buffer.from(answer.body),
    whole: true,
  }
}
