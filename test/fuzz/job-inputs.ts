import fc from 'fast-check'
import type { AvroRecord } from '../../src/avro/avro-value.ts'
import { anyRecord } from '../support/avro-arbitrary.ts'
import { ENCODINGS, encodeRecord, MEDIA_TYPES } from '../support/encode-record.ts'
import { type CatalogueLine, catalogueLines } from '../support/endpoint-catalogue.ts'
import { type Input, inputOf } from './input.ts'
import { anyByteChanges, changeBytes } from './mutation.ts'

const SCOPE = '/~jobs'

/** Endpoints whose records have few fields, and all kinds of types together. */
const RUN = [
  ...['/alter/table', '/insert/records', '/execute/sql', '/clear/table', '/create/backup'],
  ...['/admin/rebalance', '/aggregate/groupby', '/visualize/image', '/get/records/bycolumn'],
]

const RUN_LINES = catalogueLines.filter(({ endpoint }) => RUN.includes(endpoint))

const anyId = fc.oneof(
  fc.bigInt({ min: 0n, max: 60n }),
  fc.constantFrom(9007199254740993n, -1n, 2n ** 63n - 1n),
)
const anyTag = fc.constantFrom('a', 'b', 'held', 'timed', 'polled', 'failing', 'nosuch', '', 'ä b')
const anyFlag = fc.constantFrom('true', 'false', 'x', '')

const anyOptions = fc.record(
  { job_tag: anyTag, remove_job_on_complete: anyFlag, nosuch: fc.constant('1') },
  { requiredKeys: [] },
)

const anyInner = fc.oneof(...RUN_LINES.map(innerOf))

/** The job's own request in any encoding, often changed, with an encoding that may be wrong. */
function innerOf({ endpoint, request }: CatalogueLine): fc.Arbitrary<AvroRecord> {
  return fc
    .record({
      record: anyRecord(request.fields),
      encoding: fc.constantFrom(...ENCODINGS),
      claimed: fc.option(fc.constantFrom('json', 'binary', 'snappy', 'JSON', 'avro', ''), {
        freq: 5,
      }),
      changes: fc.option(anyByteChanges, { freq: 2 }),
      options: anyOptions,
      path: fc.option(fc.constantFrom('/nosuch', '', 'alter/table', '/create/job', '/get/job'), {
        freq: 8,
      }),
    })
    .map(({ record, encoding, claimed, changes, options, path }) => {
      const plain = encodeRecord(request.fields, { record, encoding })
      const payload = changes ? changeBytes(plain, changes) : plain
      const isJson = encoding === 'json'
      return {
        endpoint: path ?? endpoint,
        request_encoding: claimed ?? encoding,
        data: isJson ? Buffer.alloc(0) : payload,
        data_str: isJson ? payload.toString('utf8') : '',
        options,
      }
    })
}

const anyPoll = fc.record({
  job_id: anyId,
  options: fc.record({ job_tag: anyTag }, { requiredKeys: [] }),
})

const anyAlter = fc.record({
  job_ids: fc.array(anyId, { maxLength: 4 }),
  action: fc.constantFrom('cancel', 'cancel', 'stop', ''),
  options: anyOptions,
})

const anyShow = fc.record({
  options: fc.record(
    { show_async_jobs: anyFlag, show_worker_info: anyFlag, job_tag: anyTag },
    {
      requiredKeys: [],
    },
  ),
})

const anyAdvance = fc.constantFrom('0', '1ms', '400ms', '2s', '1h').map((by) => {
  const body = Buffer.from(JSON.stringify({ by }))
  const path = `${SCOPE}/__mock/clock/advance`
  return inputOf({ method: 'POST', path, body }, { kind: 'control' })
})

/** What happens to jobs: creation, polls, cancellation, lists, and time that passes. */
export const anyJobInput: fc.Arbitrary<Input> = fc.oneof(
  { weight: 4, arbitrary: callOf('/create/job', anyInner) },
  { weight: 5, arbitrary: callOf('/get/job', anyPoll) },
  { weight: 1, arbitrary: callOf('/admin/alter/jobs', anyAlter) },
  { weight: 1, arbitrary: callOf('/admin/show/jobs', anyShow) },
  { weight: 1, arbitrary: anyAdvance },
)

function callOf(endpoint: string, records: fc.Arbitrary<AvroRecord>): fc.Arbitrary<Input> {
  const fields = catalogueLines.find((line) => line.endpoint === endpoint)?.request.fields ?? []
  return fc.tuple(records, fc.constantFrom(...ENCODINGS)).map(([record, encoding]) => {
    const headers = { 'content-type': MEDIA_TYPES[encoding] }
    const body = encodeRecord(fields, { record, encoding })
    const path = `${SCOPE}${endpoint}`
    return inputOf({ method: 'POST', path, headers, body }, { kind: 'call', endpoint })
  })
}
