import { setTimeout } from 'node:timers/promises'
import { fastestNs } from './call-time.ts'
import { DirectMock } from './direct-mock.ts'
import { createJobBytes, getJobBytes } from './messages.ts'

// A separate process, with --expose-gc: measures the memory of a million running jobs, and the time
// of a poll with one job and with all of them. Prints a MillionJobs as JSON.

/** The measurements of the process. */
export interface MillionJobs {
  readonly heapBytes: number
  readonly rssBytes: number
  /** Polls of the only job. */
  readonly pollOneNs: number
  /** Polls of the same job among a million. */
  readonly pollSameNs: number
  /** Polls of random jobs among a million. */
  readonly pollAnyNs: number
}

const JOBS = 1_000_000
const PACE = { rounds: 9, roundMs: 500 } as const

const mock = new DirectMock()
create(1)
const pollOneNs = pollNs(1)

const before = await memory()
for (let number = 2; number <= JOBS; number += 1) create(number)
const after = await memory()

const found: MillionJobs = {
  heapBytes: after.heapUsed + after.external - before.heapUsed - before.external,
  rssBytes: after.rss - before.rss,
  pollOneNs,
  pollSameNs: pollNs(1),
  pollAnyNs: pollNs(JOBS),
}
process.stdout.write(JSON.stringify(found))

/** The memory after all garbage is freed: what is free is returned to the system in the background. */
async function memory(): Promise<NodeJS.MemoryUsage> {
  globalThis.gc?.()
  globalThis.gc?.()
  await setTimeout(1000)
  return process.memoryUsage()
}

/** Each job is created from bytes of its own: it shares no data with other jobs. */
function create(number: number): void {
  mock.ask('/create/job', createJobBytes(number))
}

/** The time of a poll of a random job of the first `jobs`, from the bytes of its request. */
function pollNs(jobs: number): number {
  const poll = () => {
    mock.ask('/get/job', getJobBytes(BigInt(1 + Math.floor(Math.random() * jobs))))
  }
  return Math.min(...fastestNs([poll], PACE))
}
