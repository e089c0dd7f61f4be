import { request } from 'node:http'
import { startBare } from './bare-servers.ts'
import { aimOf, type Figure, renderQuartiles } from './figure.ts'
import { EXAMPLE_FIXTURES, NO_FIXTURES, type ServerProcess, startMock } from './server-process.ts'
import { median, ratioQuartiles } from './statistics.ts'
import { turnOrder } from './turns.ts'

const RUNS = 15

const ANSWER = { contentType: 'application/json', bytes: Buffer.from('{}') }

const STARTS = {
  example: () => startMock(EXAMPLE_FIXTURES),
  empty: () => startMock(NO_FIXTURES),
  fastify: () => startBare('bare-fastify', ANSWER),
  bundled: () => startBare('bare-fastify-bundled', ANSWER),
}

type Server = keyof typeof STARTS

const SERVERS = ['example', 'empty', 'fastify', 'bundled'] as const satisfies readonly Server[]

/** The times of a server in ms, run by run. */
type Times = Readonly<Record<Server, number[]>>

/** The time from the start of a process to its first answer, compared with a bare Fastify. */
export async function measureColdStart(): Promise<Figure[]> {
  const times: Times = { example: [], empty: [], fastify: [], bundled: [] }
  for (let run = 0; run < RUNS; run += 1) {
    for (const turn of turnOrder(SERVERS.length, run)) {
      const server = SERVERS[turn]
      if (server) times[server].push(await timeFirstAnswer(STARTS[server]))
    }
  }
  return [
    describe('with the example fixtures', {
      ms: times.example,
      others: [
        { of: 'Fastify', ms: times.fastify, atMost: 1.2 },
        { of: 'Fastify in one file', ms: times.bundled },
        { of: 'without fixtures', ms: times.empty, atMost: 1.2 },
      ],
    }),
    describe('without fixtures', {
      ms: times.empty,
      others: [
        { of: 'Fastify', ms: times.fastify, atMost: 1.2 },
        { of: 'Fastify in one file', ms: times.bundled },
      ],
    }),
  ]
}

async function timeFirstAnswer(start: () => Promise<ServerProcess>): Promise<number> {
  const startedAtMs = performance.now()
  const server = await start()
  await post(`${server.url}/get/job`)
  const ms = performance.now() - startedAtMs
  await server.stop()
  return ms
}

/** Resolves with the first complete answer, of any status. */
function post(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const call = request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume()
      response.once('end', resolve)
    })
    call.once('error', reject)
    call.end('{"job_id": 103, "options": {}}')
  })
}

interface Comparison {
  readonly ms: readonly number[]
  readonly others: readonly {
    readonly of: string
    readonly ms: readonly number[]
    readonly atMost?: number
  }[]
}

function describe(what: string, { ms, others }: Comparison): Figure {
  const ratios = others.map((other) => {
    const spread = ratioQuartiles(ms, other.ms)
    return { ...other, spread, ratio: spread[1] }
  })
  return {
    name: `cold start ${what}`,
    value: `${Math.round(median(ms))} ms`,
    ratios: ratios.map(
      (other) =>
        `${renderQuartiles(other.spread)} of ${other.of} (${Math.round(median(other.ms))} ms)`,
    ),
    ...aimOf(ratios),
  }
}
