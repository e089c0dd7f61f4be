import { startBare } from './bare-servers.ts'
import { type Figure, renderQuartiles } from './figure.ts'
import { counting, type Message, requestBytes, sendLoad } from './load.ts'
import { EXAMPLE_FIXTURES, type ServerProcess, startMock } from './server-process.ts'
import { median, ratioQuartiles } from './statistics.ts'

const TESTS = 100
const HOURS = 8
const ROUNDS = 5

/** The time of a suite of long jobs with a frozen clock, one request after another. */
export async function measureFrozenSuite(): Promise<Figure[]> {
  const mockMs: number[] = []
  const bareMs: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    mockMs.push(await timeSuite(await startMock(EXAMPLE_FIXTURES, '--clock', 'frozen')))
    bareMs.push(await timeSuite(await startBare('bare-http', ANSWER)))
  }
  const seconds = median(mockMs) / 1000
  const hours = TESTS * HOURS
  return [
    {
      name: `${TESTS} tests of a job of ${HOURS} hours, with a frozen clock`,
      value: `${seconds.toFixed(2)} s`,
      ratios: [
        `${Math.round(hours / seconds)} hours of job time a second`,
        `${renderQuartiles(ratioQuartiles(mockMs, bareMs))} of node:http`,
      ],
      aim: { text: '< 2 s', met: seconds < 2 },
    },
  ]
}

/** The answer of the bare server. */
const ANSWER = { contentType: 'application/json', bytes: Buffer.from('{}') } as const

/** The time of all tests but a first one, by a server that has just started; it is stopped then. */
async function timeSuite(server: ServerProcess): Promise<number> {
  await runTests(server, 1)
  const ms = await runTests(server, TESTS)
  await server.stop()
  return ms
}

/** Runs tests over one connection; returns the milliseconds. */
async function runTests({ url }: ServerProcess, tests: number): Promise<number> {
  const requestOf = (number: number) => TEST[number % TEST.length]
  const { ms } = await sendLoad(counting(tests * TEST.length, requestOf), { url, connections: 1 })
  return ms
}

const POLL = post('/get/job', { job_id: 1 })
const ADVANCE = post('/__mock/clock/advance', { by: `${HOURS / 2}h` })

/** Creates a job, polls it at its start, middle and end, verifies the polls, and resets. */
const TEST: readonly Buffer[] = [
  post('/__mock/jobs', {
    job_id: 1,
    endpoint: '/alter/table',
    lifecycle: { duration: `${HOURS}h` },
  }),
  ...[POLL, ADVANCE, POLL, ADVANCE, POLL],
  post('/__mock/polls/verify', { job: 1, times: { exactly: 3 }, stops: true }),
  post('/__mock/reset', {}),
]

function post(path: Message['path'], body: object): Buffer {
  return requestBytes({ path, contentType: 'application/json', body: JSON.stringify(body) })
}
