import { compareServers, loaded } from './compare-servers.ts'
import type { Figure } from './figure.ts'
import { RUNNING_POLLS } from './get-job.ts'
import { repeating, requestBytes } from './load.ts'
import { EXAMPLE_FIXTURES, type ServerProcess, startMock } from './server-process.ts'
import type { Pace } from './turns.ts'

const FAULTS = 1000

/** Endpoints other than the one that is measured. */
const OTHERS = ['/alter/table', '/create/job', '/execute/sql', '/has/table', '/insert/records']

/** The cost that faults for other endpoints have for a poll, in two scopes of one mock. */
export async function measureFaultsAtScale(pace: Pace): Promise<Figure[]> {
  const mock = await startMock(EXAMPLE_FIXTURES)
  await addFaults(mock)
  const figures = [
    await measureCase('JSON', { poll: RUNNING_POLLS.json, mock, pace }),
    await measureCase('binary', { poll: RUNNING_POLLS.binary, mock, pace }),
  ]
  await mock.stop()
  return figures
}

async function addFaults({ url }: ServerProcess): Promise<void> {
  const faults = Array.from({ length: FAULTS }, (_, index) => ({
    when: { endpoint: OTHERS[index % OTHERS.length] },
    fault: 'reset',
  }))
  const body = JSON.stringify({ faults })
  const { ok, status } = await fetch(`${url}/~many/__mock/fixtures`, { method: 'POST', body })
  if (!ok) throw new Error(`Cannot measure: the faults were answered with ${status}`)
}

interface Case {
  readonly poll: (typeof RUNNING_POLLS)[keyof typeof RUNNING_POLLS]
  readonly mock: ServerProcess
  readonly pace: Pace
}

function measureCase(name: string, { poll, mock, pace }: Case): Promise<Figure> {
  const sideIn = (scope: string) =>
    loaded(mock, repeating([requestBytes({ ...poll, path: `/~${scope}${poll.path}` })]))
  return compareServers({
    name: `/get/job, ${name}, running, beside ${FAULTS} faults for other endpoints`,
    side: sideIn('many'),
    references: [{ name: 'without faults', side: sideIn('none'), atLeast: 0.98 }],
    pace,
  })
}
