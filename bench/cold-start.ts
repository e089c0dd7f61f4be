import { mkdtempSync, rmSync } from 'node:fs'
import { type RequestOptions, request } from 'node:http'
import * as nodeModule from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBare } from './bare-servers.ts'
import { aimOf, type Figure, renderQuartiles } from './figure.ts'
import {
  EXAMPLE_FIXTURES,
  mockArguments,
  NO_FIXTURES,
  type ServerProcess,
  startMock,
  startServer,
} from './server-process.ts'
import { median, ratioQuartiles } from './statistics.ts'
import { turnOrder } from './turns.ts'

const RUNS = 15

const ANSWER = { contentType: 'application/json', bytes: Buffer.from('{}') }

/** Compiled code that Node keeps for the next start, in Node 22 and later. */
const HAS_COMPILE_CACHE = 'enableCompileCache' in nodeModule

/** The servers; the folder is for compiled code. */
const STARTS = {
  example: () => startMock(EXAMPLE_FIXTURES),
  empty: () => startMock(NO_FIXTURES),
  health: () => startMock(NO_FIXTURES),
  fastify: () => startBare('bare-fastify', ANSWER),
  bundled: () => startBare('bare-fastify-bundled', ANSWER),
  cached: (folder: string) =>
    startServer({
      args: mockArguments(EXAMPLE_FIXTURES),
      env: { NODE_COMPILE_CACHE: folder },
    }),
}

type Server = keyof typeof STARTS

/** The times of a server in ms, run by run. */
type Times = Readonly<Record<Server, number[]>>

/** The time from the start of a process to its first answer, compared with a bare Fastify. */
export async function measureColdStart(): Promise<Figure[]> {
  const { example, empty, health, fastify, bundled, cached } = await timeStarts()
  const toFastify = [
    { of: 'Fastify', ms: fastify, atMost: 1.2 },
    { of: 'Fastify in one file', ms: bundled },
  ]
  const others = [...toFastify, { of: 'without fixtures', ms: empty, atMost: 1.2 }]
  return [
    describe('with the example fixtures', { ms: example, others }),
    describe('without fixtures', { ms: empty, others: toFastify }),
    describe('without fixtures, to /__mock/health', {
      ms: health,
      others: [{ of: 'to /get/job', ms: empty }],
    }),
    ...(HAS_COMPILE_CACHE
      ? [describe('with a compile cache', { ms: cached, others: [{ of: 'without', ms: example }] })]
      : []),
  ]
}

async function timeStarts(): Promise<Times> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-compiled-'))
  const times: Times = {
    ...{ example: [], empty: [], health: [] },
    ...{ fastify: [], bundled: [], cached: [] },
  }
  const servers: Server[] = ['example', 'empty', 'health', 'fastify', 'bundled']
  if (HAS_COMPILE_CACHE) {
    servers.push('cached')
    await timeFirstAnswer('cached', folder)
  }
  for (let run = 0; run < RUNS; run += 1) {
    for (const turn of turnOrder(servers.length, run)) {
      const server = servers[turn]
      if (server) times[server].push(await timeFirstAnswer(server, folder))
    }
  }
  rmSync(folder, { recursive: true })
  return times
}

async function timeFirstAnswer(name: Server, folder: string): Promise<number> {
  const startedAtMs = performance.now()
  const server: ServerProcess = await STARTS[name](folder)
  const status = await (name === 'health' ? getHealth : getJob)(server.url)
  const ms = performance.now() - startedAtMs
  // Node writes its compile cache when a process ends by itself.
  await server.stop('SIGTERM')
  const expected = name === 'empty' ? 400 : 200
  if (status !== expected) throw new Error(`Cannot measure: ${name} answered ${status}`)
  return ms
}

function getJob(url: string): Promise<number | undefined> {
  const headers = { 'content-type': 'application/json' }
  const options = { method: 'POST', headers, body: '{"job_id": 103, "options": {}}' }
  return send(`${url}/get/job`, options)
}

/** The control API is built at its first request. */
function getHealth(url: string): Promise<number | undefined> {
  return send(`${url}/__mock/health`)
}

/** Resolves with the status of the first complete answer. */
function send(
  url: string,
  { body, ...options }: RequestOptions & { readonly body?: string } = {},
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(url, { ...options, agent: false }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode))
    })
    call.once('error', reject)
    call.end(body)
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
