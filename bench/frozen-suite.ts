import type { Figure } from './figure.ts'
import { EXAMPLE_FIXTURES, startMock } from './server-process.ts'

const TESTS = 100
const HOURS = 8

/** The time of a suite of long jobs with a frozen clock, one request after another. */
export async function measureFrozenSuite(): Promise<Figure[]> {
  const mock = await startMock(EXAMPLE_FIXTURES, '--clock', 'frozen')
  await runTest(mock.url)
  const startedAtMs = performance.now()
  for (let test = 0; test < TESTS; test += 1) await runTest(mock.url)
  const seconds = (performance.now() - startedAtMs) / 1000
  await mock.stop()
  const hours = TESTS * HOURS
  return [
    {
      name: `${TESTS} tests of a job of ${HOURS} hours, with a frozen clock`,
      value: `${seconds.toFixed(2)} s`,
      ratios: [`${Math.round(hours / seconds)} hours of job time a second`],
      aim: { text: '< 2 s', met: seconds < 2 },
    },
  ]
}

/** Creates a job, polls it at its start, middle and end, verifies the polls, and resets. */
async function runTest(url: string): Promise<void> {
  const lifecycle = { duration: `${HOURS}h` }
  await post(`${url}/__mock/jobs`, { job_id: 1, endpoint: '/alter/table', lifecycle })
  await post(`${url}/get/job`, { job_id: 1 })
  for (let half = 0; half < 2; half += 1) {
    await post(`${url}/__mock/clock/advance`, { by: `${HOURS / 2}h` })
    await post(`${url}/get/job`, { job_id: 1 })
  }
  await post(`${url}/__mock/polls/verify`, { job: 1, times: { exactly: 3 }, stops: true })
  await post(`${url}/__mock/reset`, {})
}

async function post(url: string, body: object): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`Cannot measure: ${url} answered ${answer.status}: ${text}`)
}
