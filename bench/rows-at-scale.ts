import type { AvroRecord } from '../src/avro/avro-value.ts'
import { zeroRecord } from '../src/avro/zero-value.ts'
import { type CallPace, describeCalls, timeInTurns } from './call-time.ts'
import { catalogue, DirectMock } from './direct-mock.ts'
import type { Figure } from './figure.ts'
import { loadFiles, measureLoading } from './fixture-loading.ts'
import { getJobBytes } from './messages.ts'
import { type Rows, rowsCsv, rowsFileYaml, rowsJson, rowsOf, rowsYaml } from './row-texts.ts'

const MANY = 100_000
const PAGE = 100
const AT_MOST = 1.25

/** The time to load a result of 100,000 rows. */
export function measureRowsLoaded(loads: number): Figure[] {
  const many = rowsOf(MANY)
  const formats = {
    JSON: { 'a.json': rowsJson(many) },
    CSV: { 'a.yaml': rowsFileYaml('a.csv'), 'a.csv': rowsCsv(many) },
    YAML: { 'a.yaml': rowsYaml(many) },
  }
  return Object.entries(formats).map(([format, files]) =>
    measureLoading({
      name: `100,000 rows of 10 columns loaded from ${format}`,
      files,
      count: MANY,
      unit: 'row',
      belowSeconds: 3,
      loads,
    }),
  )
}

/** The time of pages of a result of 100,000 rows, and of polls of its job. */
export function measureRowsAsked(pace: CallPace): Figure[] {
  const many = rowsOf(MANY)
  const [full, small] = [mockWith(many), mockWith(many.slice(0, PAGE))]
  const pages = (['binary', 'json'] as const).map((encoding) =>
    compare(`a page of 100 rows of 100,000, ${encoding}`, {
      calls: [
        query(full, { encoding, offset: BigInt(MANY / 2) }),
        query(small, { encoding, offset: 0n }),
      ],
      of: 'a page of 100 rows of 100',
      pace,
    }),
  )
  const polls = compare('a poll of a job with 100,000 rows', {
    calls: [poll(many), poll(many.slice(0, 1))],
    of: 'a job with one row',
    pace,
  })
  return [...pages, polls]
}

/** A call, and the one that it is compared with. */
interface Pair {
  readonly calls: readonly [() => void, () => void]
  /** The name of the second call. */
  readonly of: string
  readonly pace: CallPace
}

function compare(name: string, { calls, of, pace }: Pair): Figure {
  const [ns = [], otherNs = []] = timeInTurns(calls, pace)
  return describeCalls(name, { ns, others: [{ of, ns: otherNs, atMost: AT_MOST }] })
}

function mockWith(rows: Rows): DirectMock {
  return new DirectMock({ rules: loadFiles({ 'a.json': rowsJson(rows) }).rules })
}

/** The query of one page. */
function query(mock: DirectMock, fields: AvroRecord): () => void {
  const page = { limit: BigInt(PAGE), statement: 'SELECT * FROM orders', ...fields }
  const bytes = encode('/execute/sql', page)
  return () => mock.call('/execute/sql', bytes)
}

/** The poll of a running job with rows. */
function poll(rows: Rows): () => void {
  const mock = mockWith(rows)
  const data = encode('/execute/sql', {})
  const created = { endpoint: '/execute/sql', request_encoding: 'binary', data }
  mock.call('/create/job', encode('/create/job', created))
  const bytes = getJobBytes(1n)
  return () => mock.call('/get/job', bytes)
}

function encode(endpoint: string, fields: AvroRecord): Buffer {
  const codec = catalogue.get(endpoint).request
  return codec.encode({ ...zeroRecord(codec.schema), ...fields })
}
