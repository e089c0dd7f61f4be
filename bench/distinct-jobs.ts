import { setTimeout } from 'node:timers/promises'
import type { ResultEncoding } from '../src/jobs/encoding.ts'
import { recordAnswer, startBare } from './bare-servers.ts'
import { compareServers, loadedAnew } from './compare-servers.ts'
import type { Figure } from './figure.ts'
import { counting, type NextRequest, requestBytes, sendLoad } from './load.ts'
import { createJob, getJob } from './messages.ts'
import { NO_FIXTURES, type ServerProcess, startMock } from './server-process.ts'
import type { Pace } from './turns.ts'

/** More than a server answers on any machine. */
const JOBS_PER_MS = 12

/** At most the default number of finished jobs. */
const MAX_JOBS = 10_000

/** Much longer than the duration of the jobs, 1 ms. */
const UNTIL_DONE_MS = 50

const NAMES = { json: 'JSON', binary: 'binary' } as const

/**
 * Polls of many finished jobs, each polled once after its end: no answer is known from an earlier
 * poll.
 */
export async function measureDistinctJobs(pace: Pace): Promise<Figure[]> {
  return [await measureEncoding('json', pace), await measureEncoding('binary', pace)]
}

async function measureEncoding(encoding: ResultEncoding, pace: Pace): Promise<Figure> {
  const mock = await startMock(NO_FIXTURES, '--default-duration', '1ms')
  const jobs = new FinishedJobs(mock, encoding)
  await jobs.create(1)
  const answer = await recordAnswer(mock, getJob(encoding, 1))
  if (!answer.bytes.includes('DONE')) throw new Error('Cannot measure: the job has not ended')
  const http = await startBare('bare-http', answer)
  const figure = await compareServers({
    name: `/get/job, ${NAMES[encoding]}, finished, each job once`,
    side: loadedAnew(mock, async (turnMs) => {
      const count = countFor(turnMs)
      return polls(encoding, { first: await jobs.create(count), count })
    }),
    references: [
      {
        name: 'node:http',
        side: loadedAnew(http, (turnMs) => polls(encoding, { first: 1, count: countFor(turnMs) })),
        atLeast: 0.5,
      },
    ],
    pace,
  })
  await Promise.all([mock.stop(), http.stop()])
  return figure
}

function countFor(turnMs: number): number {
  return Math.min(MAX_JOBS, Math.ceil(turnMs * JOBS_PER_MS))
}

function polls(
  encoding: ResultEncoding,
  { first, count }: { readonly first: number; readonly count: number },
): NextRequest {
  return counting(count, (number) => requestBytes(getJob(encoding, first + number)))
}

/** Creates jobs in a mock without fixtures, where ids count from 1. */
class FinishedJobs {
  readonly #mock: ServerProcess
  readonly #encoding: ResultEncoding
  #created = 0

  constructor(mock: ServerProcess, encoding: ResultEncoding) {
    this.#mock = mock
    this.#encoding = encoding
  }

  /** Creates jobs and waits for their end. Resolves with the id of the first one. */
  async create(count: number): Promise<number> {
    const first = this.#created + 1
    this.#created += count
    const requestOf = (number: number) => requestBytes(createJob(this.#encoding, first + number))
    await sendLoad(counting(count, requestOf), this.#mock)
    await setTimeout(UNTIL_DONE_MS)
    return first
  }
}
