import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bareArguments } from './bare-answer.ts'
import { type Figure, median } from './figure.ts'
import {
  benchProgram,
  EXAMPLE_FIXTURES,
  type ServerProcess,
  startMock,
  startServer,
} from './server-process.ts'

const RUNS = 11

/** The time from the start of a process to its first answer, compared with a bare Fastify. */
export async function measureColdStart(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'no-fixtures-'))
  const answer = bareArguments('application/json', Buffer.from('{}'))
  const starts = {
    example: () => startMock(EXAMPLE_FIXTURES),
    empty: () => startMock(folder),
    fastify: () => startServer([benchProgram('bare-fastify'), ...answer]),
    bundled: () => startServer([benchProgram('bare-fastify-bundled'), ...answer]),
  }
  const seen: Record<keyof typeof starts, number[]> = {
    example: [],
    empty: [],
    fastify: [],
    bundled: [],
  }
  for (let run = 0; run < RUNS; run += 1) {
    for (const name of ['example', 'fastify', 'empty', 'bundled'] as const) {
      seen[name].push(await timeFirstAnswer(starts[name]))
    }
  }
  rmSync(folder, { recursive: true })
  const { fastify, bundled } = seen
  return [
    describe('with the example fixtures', { mock: seen.example, fastify, bundled }),
    describe('without fixtures', { mock: seen.empty, fastify, bundled }),
    compareFixtures(seen.example, seen.empty),
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

/** Times in ms, run by run. */
interface Times {
  readonly mock: readonly number[]
  readonly fastify: readonly number[]
  readonly bundled: readonly number[]
}

function describe(what: string, { mock, fastify, bundled }: Times): Figure {
  const ratio = medianRatio(mock, fastify)
  return {
    name: `cold start ${what}`,
    value: `${Math.round(median(mock))} ms`,
    ratios: [
      `${ratio.toFixed(2)} of Fastify (${Math.round(median(fastify))} ms)`,
      `${medianRatio(mock, bundled).toFixed(2)} of Fastify in one file`,
    ],
    aim: { text: '< 1.5 of Fastify', met: ratio < 1.5 },
  }
}

function compareFixtures(example: readonly number[], empty: readonly number[]): Figure {
  const ratio = medianRatio(example, empty)
  return {
    name: 'cold start with the example fixtures, beside without',
    value: `${Math.round(median(example))} ms`,
    ratios: [`${ratio.toFixed(2)} of without (${Math.round(median(empty))} ms)`],
    aim: { text: '≤ 1.2 of without', met: ratio <= 1.2 },
  }
}

function medianRatio(times: readonly number[], others: readonly number[]): number {
  return median(times.map((ms, run) => ms / (others[run] ?? Number.NaN)))
}
