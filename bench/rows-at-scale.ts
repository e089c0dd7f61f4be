import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Catalogue } from '../src/avro/catalogue.ts'
import { zeroRecord } from '../src/avro/zero-value.ts'
import { type LoadedFixtures, loadFixtures } from '../src/fixtures/load-fixtures.ts'
import { answerCall } from '../src/gpudb/answer-call.ts'
import { completeResult } from '../src/gpudb/complete-result.ts'
import { FinishedAnswers } from '../src/gpudb/finished-answers.ts'
import { OWN_ENDPOINTS } from '../src/gpudb/own-endpoints.ts'
import { JournalEntry } from '../src/scope/journal-entry.ts'
import { Scope } from '../src/scope/scope.ts'
import { unlimitedBudgets } from '../src/scope/scope-budgets.ts'
import { createUuids } from '../src/scope/scope-factory.ts'
import { encodeResult } from '../src/wire/encode-result.ts'
import { type Figure, median } from './figure.ts'
import { RECEIVED } from './job-factory.ts'
import { realClock } from './real-clock.ts'

const FINISHED = new FinishedAnswers()

const MANY = 100_000
const PAGE = 100
const LOADS = 3
const ENOUGH_MS = 10_000
const ROUNDS = 15
const ROUND_MS = 100

/** The number of calls between two readings of the clock. */
const BATCH = 5

const MAX_BYTES = 16 * 1024 * 1024

const catalogue = new Catalogue()

/** Ten columns. */
const COLUMNS = [
  'id int',
  'customer string',
  'total decimal(18,4)',
  'at timestamp',
  'note char16?',
  'weight double',
  'serial long',
  'code char4',
  'day date',
  'rank int8',
]

const NAMES = COLUMNS.map((column) => column.split(' ')[0])

/** The time to load a result of 100,000 rows, and what its pages and the polls of its job cost. */
export async function measureRowsAtScale(): Promise<Figure[]> {
  const many = rowsOf(MANY)
  return [
    loadFigure('JSON', { 'a.json': jsonText(many) }),
    loadFigure('CSV', { 'a.yaml': ruleText('rows_file: a.csv'), 'a.csv': csvText(many) }),
    loadFigure('YAML', { 'a.yaml': ruleText(yamlText(many)) }),
    ...pageFigures(many),
    pollFigure(many),
  ]
}

/** Rows whose null is the empty text, as in CSV. */
function rowsOf(count: number): readonly (readonly (string | number)[])[] {
  return Array.from({ length: count }, (_, id) => {
    const note = id % 3 === 0 ? '' : 'first'
    return [
      id,
      `customer ${id}`,
      '12.3400',
      1_700_000_000_000 + id,
      note,
      id / 8,
      id,
      'abc',
      '2026-01-31',
      id % 100,
    ]
  })
}

type Rows = ReturnType<typeof rowsOf>

function ruleText(then: string): string {
  return `rules:\n- when: { endpoint: /execute/sql }\n  then:\n    columns: ${JSON.stringify(COLUMNS)}\n    ${then}\n`
}

function yamlText(rows: Rows): string {
  return `rows:\n${rows.map((row) => `    - ${JSON.stringify(row)}`).join('\n')}`
}

function jsonText(rows: Rows): string {
  const when = { endpoint: '/execute/sql' }
  return JSON.stringify({ rules: [{ when, then: { columns: COLUMNS, rows } }] })
}

function csvText(rows: Rows): string {
  return [NAMES, ...rows].map((row) => row.join()).join('\n')
}

function load(files: Readonly<Record<string, string>>): { ms: number; loaded: LoadedFixtures } {
  const folder = mkdtempSync(join(tmpdir(), 'many-rows-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const startedAtMs = performance.now()
  const settings = { catalogue, ownEndpoints: OWN_ENDPOINTS, defaultDurationMs: 1000 }
  const context = { ...settings, clusters: ['a'] }
  const loaded = loadFixtures([folder], context)
  const ms = performance.now() - startedAtMs
  rmSync(folder, { recursive: true })
  const [problem] = loaded.problems
  if (problem) throw new Error(`Cannot measure: ${problem.message}`)
  return { ms, loaded }
}

function loadFigure(what: string, files: Readonly<Record<string, string>>): Figure {
  const times: number[] = []
  while (times.length < LOADS && sum(times) < ENOUGH_MS) times.push(load(files).ms)
  const ms = median(times)
  return {
    name: `100,000 rows of 10 columns loaded from ${what}`,
    value: `${(ms / 1000).toFixed(2)} s`,
    ratios: [`${((ms / MANY) * 1000).toFixed(1)} µs a row`],
    aim: { text: '< 3 s', met: ms < 3000 },
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function scopeOf(rows: Rows): Scope {
  const { seeds, rules } = load({ 'a.json': jsonText(rows) }).loaded
  return new Scope({
    clock: realClock(),
    newUuid: createUuids(undefined),
    limits: { maxJobs: 10, maxFinished: 10, retentionMs: 3_600_000 },
    defaultDurationMs: 3_600_000,
    journal: { maxRequests: 0, maxBytes: 0 },
    budgets: unlimitedBudgets(),
    seeds,
    rules,
    faults: [],
    tables: [],
  })
}

/** A page in the middle of many rows, beside one of rows that are no more than the page. */
function pageFigures(many: Rows): Figure[] {
  const [full, small] = [scopeOf(many), scopeOf(many.slice(0, PAGE))]
  return (['binary', 'json'] as const).map((encoding) => {
    const ns = fastest([
      () => query(full, { encoding, offset: 50_000n }),
      () => query(small, { encoding, offset: 0n }),
    ])
    return compared(`a page of 100 rows of 100,000, ${encoding}`, {
      ...ns,
      to: 'of a page of 100 rows of 100',
    })
  })
}

/** The poll of a running job with rows, beside one whose rule has a single row. */
function pollFigure(many: Rows): Figure {
  const [full, small] = [many, many.slice(0, 1)].map((rows) => {
    const scope = scopeOf(rows)
    const data = catalogue.get('/execute/sql').request.encode(requestOf('/execute/sql', {}))
    const created = { endpoint: '/execute/sql', request_encoding: 'binary', data }
    ask(scope, '/create/job', created)
    return () => ask(scope, '/get/job', { job_id: 1n })
  })
  if (full === undefined || small === undefined) throw new Error('Cannot measure: there is no job')
  return compared('a poll of a job with 100,000 rows', {
    ...fastest([full, small]),
    to: 'of a job with one row',
  })
}

function query(scope: Scope, fields: Readonly<Record<string, string | bigint>>): void {
  const given = { limit: BigInt(PAGE), statement: 'SELECT * FROM orders', ...fields }
  ask(scope, '/execute/sql', given)
}

function requestOf(endpoint: string, fields: Parameters<typeof answerCall>[0]) {
  return { ...zeroRecord(catalogue.get(endpoint).request.schema), ...fields }
}

/** A call as by HTTP but without a server: from the record of the request to the bytes of the answer. */
function ask(scope: Scope, endpoint: string, fields: Parameters<typeof answerCall>[0]): void {
  const request = requestOf(endpoint, fields)
  const answer = answerCall(request, {
    scope,
    catalogue,
    entry: new JournalEntry({ ...RECEIVED, endpoint, body: Buffer.alloc(0) }),
    encoding: 'binary',
    client: { origin: 'http://127.0.0.1:9191' },
    finished: FINISHED,
    maxBytes: MAX_BYTES,
  })
  if (!('result' in answer)) throw new Error(`Cannot measure: ${answer.error}`)
  const result = completeResult(answer.result, { endpoint, request, scope })
  encodeResult(result, { records: catalogue.get(endpoint), request, encoding: 'binary' })
}

/** The times of two calls in turn, so that a disturbance affects both. */
function fastest([call, other]: readonly [() => void, () => void]): {
  readonly ns: number
  readonly otherNs: number
} {
  const rounds = Array.from({ length: ROUNDS }, () => [roundNs(call), roundNs(other)] as const)
  return {
    ns: Math.min(...rounds.map(([ns]) => ns)),
    otherNs: Math.min(...rounds.map(([, ns]) => ns)),
  }
}

function roundNs(call: () => void): number {
  const startedAtMs = performance.now()
  let calls = 0
  while (performance.now() - startedAtMs < ROUND_MS) {
    for (let more = 0; more < BATCH; more += 1) call()
    calls += BATCH
  }
  return ((performance.now() - startedAtMs) / calls) * 1e6
}

function compared(
  name: string,
  { ns, otherNs, to }: { readonly ns: number; readonly otherNs: number; readonly to: string },
): Figure {
  const ratio = ns / otherNs
  return {
    name,
    value: `${(ns / 1000).toFixed(2)} µs`,
    ratios: [`${ratio.toFixed(2)} ${to} (${(otherNs / 1000).toFixed(2)} µs)`],
    aim: { text: 'about 1', met: ratio < 1.25 },
  }
}
