import { bareArguments } from './bare-answer.ts'
import { type Figure, median } from './figure.ts'
import { GET_JOB_CASES, type GetJobCase } from './get-job-cases.ts'
import { requestsPerSecond } from './load.ts'
import {
  benchProgram,
  EXAMPLE_FIXTURES,
  type ServerProcess,
  startMock,
  startServer,
} from './server-process.ts'

const WARM_UP_ROUNDS = 3
const ROUNDS = 12

/** The servers that a case compares. */
interface Rivals {
  readonly mock: ServerProcess
  readonly http: ServerProcess
  readonly fastify: ServerProcess
}

/** One round: requests per second of the mock, and their ratio to those of the bare servers. */
interface Result {
  readonly rate: number
  readonly toHttp: number
  readonly toFastify: number
}

/** Requests per second of /get/job, compared with bare servers that answer the same bytes. */
export async function measureThroughput(): Promise<Figure[]> {
  const mock = await startMock(EXAMPLE_FIXTURES)
  const figures: Figure[] = []
  for (const one of GET_JOB_CASES) figures.push(await measureCase(one, mock))
  await mock.stop()
  return figures
}

async function measureCase(one: GetJobCase, mock: ServerProcess): Promise<Figure> {
  const answer = await readAnswer(one, mock)
  const http = await startServer([benchProgram('bare-http'), ...answer])
  const fastify = await startServer([benchProgram('bare-fastify'), ...answer])
  const results = await race(one, { mock, http, fastify })
  await Promise.all([http.stop(), fastify.stop()])
  return describe(one, results)
}

/** The arguments with which a bare server gives the same answer as the mock. */
async function readAnswer(one: GetJobCase, mock: ServerProcess): Promise<string[]> {
  const headers = { 'content-type': one.contentType }
  const body = typeof one.body === 'string' ? one.body : new Uint8Array(one.body)
  const answer = await fetch(`${mock.url}/get/job`, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(`Cannot measure: the mock answered ${answer.status}`)
  const contentType = answer.headers.get('content-type') ?? ''
  return bareArguments(contentType, Buffer.from(await answer.arrayBuffer()))
}

/** Runs short rounds in turn, so that noise of the machine affects all. The first ones warm up. */
async function race(one: GetJobCase, { mock, http, fastify }: Rivals): Promise<Result[]> {
  const ask = ({ url }: ServerProcess) => requestsPerSecond({ ...one, url: `${url}/get/job` })
  const results: Result[] = []
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const rate = await ask(mock)
    const toHttp = rate / (await ask(http))
    const toFastify = rate / (await ask(fastify))
    if (round >= 0) results.push({ rate, toHttp, toFastify })
  }
  return results
}

function describe(one: GetJobCase, results: readonly Result[]): Figure {
  const toHttp = median(results.map((result) => result.toHttp))
  const toFastify = median(results.map((result) => result.toFastify))
  return {
    name: `/get/job, ${one.name}`,
    value: `${Math.round(median(results.map(({ rate }) => rate)))} requests/s`,
    ratios: [`${toHttp.toFixed(2)} of node:http`, `${toFastify.toFixed(2)} of Fastify`],
    aim: { text: '≥ 0.6 and ≥ 1', met: toHttp >= 0.6 && toFastify >= 1 },
  }
}
