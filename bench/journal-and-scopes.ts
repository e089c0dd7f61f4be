import { type Figure, median } from './figure.ts'
import { GET_JOB_CASES, type GetJobCase } from './get-job-cases.ts'
import { type Load, requestsPerSecond } from './load.ts'
import { EXAMPLE_FIXTURES, startMock } from './server-process.ts'

const WARM_UP_ROUNDS = 4
const ROUNDS = 15
const SCOPES = 50

/** The cost of the journal and of scopes for a poll, each compared with a mock with less of them. */
export async function measureJournalAndScopes(): Promise<Figure[]> {
  const [json, , binary] = GET_JOB_CASES
  const figures: Figure[] = []
  for (const one of [json, binary]) if (one) figures.push(await measureJournal(one))
  if (json) figures.push(await measureScopes(json))
  return figures
}

async function measureJournal(one: GetJobCase): Promise<Figure> {
  const journal = await startMock(EXAMPLE_FIXTURES)
  const none = await startMock(EXAMPLE_FIXTURES, '--journal-requests', '0')
  const { rate, ratio } = await compare(
    { ...one, url: `${journal.url}/get/job` },
    { ...one, url: `${none.url}/get/job` },
  )
  await Promise.all([journal.stop(), none.stop()])
  return {
    name: `/get/job, ${one.name}, with a full journal`,
    value: `${Math.round(rate)} requests/s`,
    ratios: [`${ratio.toFixed(2)} of without a journal`],
    aim: { text: '≥ 0.85', met: ratio >= 0.85 },
  }
}

/** The load generator uses as many different requests for one scope as for fifty. */
async function measureScopes(one: GetJobCase): Promise<Figure> {
  const mock = await startMock(EXAMPLE_FIXTURES)
  const alone = await startMock(EXAMPLE_FIXTURES)
  const pathsOf = (scopeOf: (index: number) => number) =>
    Array.from({ length: SCOPES }, (_, index) => ({ path: `/~suite-${scopeOf(index)}/get/job` }))
  const { rate, ratio } = await compare(
    { ...one, url: mock.url, requests: pathsOf((index) => index) },
    { ...one, url: alone.url, requests: pathsOf(() => 0) },
  )
  await Promise.all([mock.stop(), alone.stop()])
  return {
    name: `/get/job, ${one.name}, over ${SCOPES} scopes`,
    value: `${Math.round(rate)} requests/s`,
    ratios: [`${ratio.toFixed(2)} of in one scope`],
    aim: { text: '≥ 0.85', met: ratio >= 0.85 },
  }
}

/** Runs short rounds in turn, so that noise of the machine affects both. The first ones warm up. */
async function compare(load: Load, other: Load): Promise<{ rate: number; ratio: number }> {
  const rates: number[] = []
  const ratios: number[] = []
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const rate = await requestsPerSecond(load)
    const ratio = rate / (await requestsPerSecond(other))
    if (round < 0) continue
    rates.push(rate)
    ratios.push(ratio)
  }
  return { rate: median(rates), ratio: median(ratios) }
}
