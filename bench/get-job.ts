import { recordAnswer, startBare } from './bare-servers.ts'
import { compareServers, loaded } from './compare-servers.ts'
import type { Figure } from './figure.ts'
import { fillJournal, type Message, repeating, requestBytes } from './load.ts'
import { getJob } from './messages.ts'
import { EXAMPLE_FIXTURES, type ServerProcess, startMock } from './server-process.ts'
import type { Pace } from './turns.ts'

/** A running job of the example fixtures, and a finished one. */
const RUNNING = 103
const FINISHED = 101

/** A poll, and the aim for its ratio to bare node:http. */
interface Case {
  readonly name: string
  readonly message: Message
  /** Absent: there is no aim for either reference. */
  readonly atLeast?: number | undefined
  /** Absent: as many as usual. */
  readonly connections?: number | undefined
}

/** Polls of a running job, by encoding. */
export const RUNNING_POLLS = {
  json: getJob('json', RUNNING),
  binary: getJob('binary', RUNNING),
} as const

const CASES: readonly Case[] = [
  { name: 'JSON, running', message: RUNNING_POLLS.json, atLeast: 0.58 },
  { name: 'JSON, finished', message: getJob('json', FINISHED), atLeast: 0.65 },
  { name: 'binary, running', message: RUNNING_POLLS.binary, atLeast: 0.6 },
  { name: 'binary, finished', message: getJob('binary', FINISHED), atLeast: 0.68 },
  { name: 'JSON, running, over one connection', message: RUNNING_POLLS.json, connections: 1 },
]

/** The aim for the ratio to bare Fastify. */
const OF_FASTIFY = 0.95

/** Requests per second of /get/job, compared with bare servers that answer the same bytes. */
export async function measureGetJob(pace: Pace): Promise<Figure[]> {
  const mock = await startMock(EXAMPLE_FIXTURES)
  await fillJournal(repeating(CASES.map(({ message }) => requestBytes(message))), mock)
  const figures: Figure[] = []
  for (const one of CASES) figures.push(await measureCase(one, { mock, pace }))
  await mock.stop()
  return figures
}

async function measureCase(
  { name, message, atLeast, connections }: Case,
  { mock, pace }: { readonly mock: ServerProcess; readonly pace: Pace },
): Promise<Figure> {
  const answer = await recordAnswer(mock, message)
  const http = await startBare('bare-http', answer)
  const fastify = await startBare('bare-fastify-schemas', answer)
  const next = repeating([requestBytes(message)])
  const load = (server: ServerProcess) => loaded(server, next, { connections })
  const figure = await compareServers({
    name: `/get/job, ${name}`,
    side: load(mock),
    references: [
      { name: 'node:http', side: load(http), atLeast },
      { name: 'Fastify', side: load(fastify), atLeast: atLeast && OF_FASTIFY },
    ],
    pace,
  })
  await Promise.all([http.stop(), fastify.stop()])
  return figure
}
