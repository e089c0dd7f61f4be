import { type Figure, median, quartiles } from './figure.ts'
import { GET_JOB_CASES, type GetJobCase } from './get-job-cases.ts'
import { type Load, requestsPerSecond } from './load.ts'
import { EXAMPLE_FIXTURES, startMock } from './server-process.ts'

const FAULTS = 1000
const WARM_UP_PAIRS = 6
const PAIRS = 40

/** Endpoints other than the one that is measured. */
const OTHERS = ['/alter/table', '/create/job', '/execute/sql', '/has/table', '/insert/records']

/** The cost that faults for other endpoints have for a poll, in two scopes of one mock. */
export async function measureFaultsAtScale(): Promise<Figure[]> {
  const mock = await startMock(EXAMPLE_FIXTURES)
  await addFaults(mock.url)
  const [json, , binary] = GET_JOB_CASES
  const figures: Figure[] = []
  for (const one of [json, binary]) if (one) figures.push(await measureCase(one, mock.url))
  await mock.stop()
  return figures
}

async function addFaults(url: string): Promise<void> {
  const faults = Array.from({ length: FAULTS }, (_, index) => ({
    when: { endpoint: OTHERS[index % OTHERS.length] },
    fault: 'reset',
  }))
  const body = JSON.stringify({ faults })
  const { ok, status } = await fetch(`${url}/~many/__mock/fixtures`, { method: 'POST', body })
  if (!ok) throw new Error(`Cannot measure: the faults were answered with ${status}`)
}

async function measureCase(one: GetJobCase, url: string): Promise<Figure> {
  const pairs = await comparePairs(
    { ...one, url: `${url}/~many/get/job` },
    { ...one, url: `${url}/~none/get/job` },
  )
  const [low, ratio, high] = quartiles(pairs.map((pair) => pair.ratio))
  return {
    name: `/get/job, ${one.name}, beside ${FAULTS} faults for other endpoints`,
    value: `${Math.round(median(pairs.map(({ rate }) => rate)))} requests/s`,
    ratios: [`${ratio.toFixed(3)} of without faults (${low.toFixed(3)} to ${high.toFixed(3)})`],
    aim: { text: '≥ 0.98', met: ratio >= 0.98 },
  }
}

/** Short rounds in turn; each load is the first one of every second pair. The first pairs warm up. */
async function comparePairs(
  load: Load,
  other: Load,
): Promise<{ readonly rate: number; readonly ratio: number }[]> {
  const pairs: { rate: number; ratio: number }[] = []
  for (let pair = -WARM_UP_PAIRS; pair < PAIRS; pair += 1) {
    const isFirst = pair % 2 === 0
    const early = await requestsPerSecond(isFirst ? load : other)
    const late = await requestsPerSecond(isFirst ? other : load)
    const [rate, otherRate] = isFirst ? [early, late] : [late, early]
    if (pair >= 0) pairs.push({ rate, ratio: rate / otherRate })
  }
  return pairs
}
