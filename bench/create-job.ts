import { recordAnswer, startBare } from './bare-servers.ts'
import { compareServers, loaded } from './compare-servers.ts'
import type { Figure } from './figure.ts'
import { counting, fillJournal, requestBytes } from './load.ts'
import { createJob } from './messages.ts'
import { NO_FIXTURES, startMock } from './server-process.ts'
import type { Pace } from './turns.ts'

/** Requests per second of /create/job, each with another table; the jobs run for a second. */
export async function measureCreateJob(pace: Pace): Promise<Figure[]> {
  const mock = await startMock(NO_FIXTURES)
  const http = await startBare('bare-http', await recordAnswer(mock, createJob('json', 0)))
  const distinct = () =>
    counting(Number.POSITIVE_INFINITY, (number) => requestBytes(createJob('json', number)))
  await fillJournal(distinct(), mock)
  const figure = await compareServers({
    name: '/create/job, JSON, distinct requests',
    side: loaded(mock, distinct()),
    references: [{ name: 'node:http', side: loaded(http, distinct()), atLeast: 0.4 }],
    pace,
  })
  await Promise.all([mock.stop(), http.stop()])
  return [figure]
}
