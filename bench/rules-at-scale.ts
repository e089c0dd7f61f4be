import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Catalogue } from '../src/avro/catalogue.ts'
import { zeroRecord } from '../src/avro/zero-value.ts'
import { loadFixtures } from '../src/fixtures/load-fixtures.ts'
import { answerCall } from '../src/gpudb/answer-call.ts'
import { FinishedAnswers } from '../src/gpudb/finished-answers.ts'
import { OWN_ENDPOINTS } from '../src/gpudb/own-endpoints.ts'
import { NO_JOBS } from '../src/jobs/job.ts'
import type { Rule } from '../src/rules/rule.ts'
import { JournalEntry } from '../src/scope/journal-entry.ts'
import { Scope } from '../src/scope/scope.ts'
import { unlimitedBudgets } from '../src/scope/scope-budgets.ts'
import { createUuids } from '../src/scope/scope-factory.ts'
import { decodeMessage } from '../src/wire/message.ts'
import { type Figure, median } from './figure.ts'
import { RECEIVED } from './job-factory.ts'
import { realClock } from './real-clock.ts'

const FINISHED = new FinishedAnswers()

const MANY = 10_000
const FEW = 10
const LOADS = 3
const ENOUGH_MS = 10_000
const ROUNDS = 15

/** The maximum size of a body in bytes; not reached here. */
const MAX_BYTES = 1024 * 1024

const catalogue = new Catalogue()

/** The endpoint of each rule, and the number in requests that it matches. */
type Plan = readonly { readonly endpoint: string; readonly number: number }[]

/** The endpoints whose request has plain options, except JSON only and those with their own behaviour. */
const ENDPOINTS = catalogue.endpoints.filter((endpoint) => {
  const { fields } = catalogue.get(endpoint).request.schema
  const options = fields.find(({ name }) => name === 'options')
  const isPlain = JSON.stringify(options?.type) === '{"type":"map","values":"string"}'
  return isPlain && !NO_JOBS.has(endpoint) && !/job|^\/show\/system|^\/has\/table$/.test(endpoint)
})

/** The time to load 10,000 rules, and to choose among them. */
export async function measureRulesAtScale(): Promise<Figure[]> {
  const all = Array.from({ length: MANY }, (_, number) => number)
  const few = all.slice(0, FEW)
  const spread = plan(all, (number) => ENDPOINTS[number % ENDPOINTS.length])
  const tenHere = plan(few, () => '/has/table')
  const oneForEach = spread.slice(0, ENDPOINTS.length)
  const others = plan(all.slice(FEW), (number) => ENDPOINTS[number % ENDPOINTS.length])
  const oneEndpoint = plan(all, () => '/has/table')
  return [
    loadFigure('JSON', { file: 'rules.json', text: jsonText(spread) }),
    loadFigure('YAML', { file: 'rules.yaml', text: yamlText(spread) }),
    loadFigure('JSON, all for one endpoint', { file: 'rules.json', text: jsonText(oneEndpoint) }),
    ...compare(
      [
        { name: '10 for its endpoint', asked: tenHere, rules: [...others, ...tenHere] },
        { name: 'spread over all endpoints', asked: spread, rules: spread, few: oneForEach },
        { name: 'all for one endpoint (worst case)', asked: oneEndpoint, rules: oneEndpoint },
      ].map((one) => ({ few: tenHere, ...one })),
    ),
  ]
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function plan(
  numbers: readonly number[],
  endpointOf: (number: number) => string | undefined,
): Plan {
  return numbers.map((number) => ({ endpoint: endpointOf(number) ?? '', number }))
}

function jsonText(rules: Plan): string {
  const texts = rules.map(
    ({ endpoint, number }) => `    {
      "name": "rule ${number}",
      "when": { "endpoint": "${endpoint}", "request": { "options": { "rule": "${number}" } } },
      "then": { "response": { "info": { "rule": "${number}" } } }
    }`,
  )
  return `{\n  "rules": [\n${texts.join(',\n')}\n  ]\n}\n`
}

function yamlText(rules: Plan): string {
  const texts = rules.map(
    ({ endpoint, number }) => `  - name: rule ${number}
    when:
      endpoint: ${endpoint}
      request: { options: { rule: "${number}" } }
    then:
      response: { info: { rule: "${number}" } }
`,
  )
  return `rules:\n${texts.join('')}`
}

function loadFigure(what: string, source: { file: string; text: string }): Figure {
  const times: number[] = []
  while (times.length < LOADS && sum(times) < ENOUGH_MS) times.push(load(source).ms)
  const ms = median(times)
  return {
    name: `10,000 rules loaded from ${what}`,
    value: `${(ms / 1000).toFixed(2)} s`,
    ratios: [`${Math.round((ms / MANY) * 1000)} µs a rule`],
    aim: { text: '< 2 s', met: ms < 2000 },
  }
}

function load({ file, text }: { file: string; text: string }): {
  ms: number
  rules: readonly Rule[]
} {
  const folder = mkdtempSync(join(tmpdir(), 'many-rules-'))
  writeFileSync(join(folder, file), text)
  const startedAtMs = performance.now()
  const { rules, problems } = loadFixtures([folder], {
    catalogue,
    ownEndpoints: OWN_ENDPOINTS,
    defaultDurationMs: 1000,
    clusters: ['a'],
  })
  const ms = performance.now() - startedAtMs
  rmSync(folder, { recursive: true })
  if (problems.length > 0) throw new Error(`Cannot measure: ${problems[0]?.message}`)
  return { ms, rules }
}

/** The time of requests among many rules, compared with few. */
interface Comparison {
  readonly name: string
  /** The rules that requests match in turn. */
  readonly asked: Plan
  readonly rules: Plan
  readonly few: Plan
}

function compare(comparisons: readonly Comparison[]): Figure[] {
  return comparisons.map(({ name, asked, rules, few }) => {
    const among = new Requests(rules, asked)
    // As many requests, so that both read as much memory for them.
    const askedOfFew = asked.flatMap((_, index) => few[index % few.length] ?? [])
    const amongFew = new Requests(few, askedOfFew)
    // In turn, so that a disturbance affects both; the first rounds compile the code.
    const rounds = Array.from(
      { length: ROUNDS },
      () => [among.roundNs(), amongFew.roundNs()] as const,
    )
    const ns = Math.min(...rounds.map(([many]) => many))
    const fewNs = Math.min(...rounds.map(([, other]) => other))
    const ratio = ns / fewNs
    return {
      name: `a request among 10,000 rules, ${name}`,
      value: `${(ns / 1000).toFixed(2)} µs`,
      ratios: [
        `${ratio.toFixed(2)} of among ${few.length} rules (${(fewNs / 1000).toFixed(2)} µs)`,
      ],
      aim: { text: 'about 1', met: ratio < 1.25 },
    }
  })
}

/** The duration of a round. */
const ROUND_MS = 100

/** The number of requests between two readings of the clock. */
const BATCH = 50

/** Calls of endpoints as by HTTP but without a server, each matched by one of the rules. */
class Requests {
  readonly #scope: Scope
  #asked = 0
  readonly #calls: readonly { readonly endpoint: string; readonly bytes: Buffer }[]

  constructor(rules: Plan, asked: Plan) {
    this.#scope = new Scope({
      clock: realClock(),
      newUuid: createUuids(undefined),
      limits: { maxJobs: 1, maxFinished: 1, retentionMs: 1 },
      defaultDurationMs: 1000,
      journal: { maxRequests: 0, maxBytes: 0 },
      budgets: unlimitedBudgets(),
      seeds: [],
      rules: load({ file: 'rules.yaml', text: yamlText(rules) }).rules,
      faults: [],
      tables: [],
      strict: true,
    })
    this.#calls = asked.map(({ endpoint, number }) => {
      const codec = catalogue.get(endpoint).request
      const record = { ...zeroRecord(codec.schema), options: { rule: String(number) } }
      return { endpoint, bytes: codec.encode(record) }
    })
  }

  /** The time from the bytes of a request to the record of its answer, in nanoseconds. */
  roundNs(): number {
    const startedAtMs = performance.now()
    let asked = 0
    // Reading the clock for each request would take longer than some requests.
    while (performance.now() - startedAtMs < ROUND_MS) {
      for (let more = 0; more < BATCH; more += 1) this.#askNext()
      asked += BATCH
    }
    return ((performance.now() - startedAtMs) / asked) * 1e6
  }

  #askNext(): void {
    // A stride without a common divisor with the number of calls visits each of them.
    this.#asked += 7919
    const call = this.#calls[this.#asked % this.#calls.length]
    if (call === undefined) throw new Error('Cannot measure: there are no calls')
    const { endpoint, bytes } = call
    const message = { encoding: 'binary', bytes, name: 'the body', maxBytes: MAX_BYTES } as const
    const decoded = decodeMessage(catalogue.get(endpoint).request, message)
    answerCall(decoded, {
      scope: this.#scope,
      catalogue,
      entry: new JournalEntry({ ...RECEIVED, endpoint, body: bytes }),
      encoding: 'binary',
      client: { origin: 'http://127.0.0.1:9191' },
      finished: FINISHED,
      maxBytes: MAX_BYTES,
    })
  }
}
