import { setTimeout } from 'node:timers/promises'
import { JobFactory } from './job-factory.ts'

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
const POLLS = 100_000
const ROUNDS = 9

const factory = new JobFactory()
factory.create(1)
// Warm-up: the first rounds compile the code.
pollNs(1)
const pollOneNs = pollNs(1)

const before = await memory()
for (let number = 2; number <= JOBS; number += 1) factory.create(number)
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

/** Polls random jobs of the first `jobs`. Returns the fastest round; slower ones were disturbed. */
function pollNs(jobs: number): number {
  return Math.min(...Array.from({ length: ROUNDS }, () => roundNs(jobs)))
}

function roundNs(jobs: number): number {
  const startedAtMs = performance.now()
  for (let poll = 0; poll < POLLS; poll += 1) {
    factory.poll(BigInt(1 + Math.floor(Math.random() * jobs)))
  }
  return ((performance.now() - startedAtMs) / POLLS) * 1e6
}
