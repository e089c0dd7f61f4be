import type { AvroRecord } from '../../src/avro/avro-value.ts'
import type { Encoding } from '../../src/jobs/encoding.ts'
import type { Exchange } from '../../src/record/exchange.ts'
import { sendHttp } from './http.ts'
import { encodeRequest, type TestServer } from './server.ts'

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
