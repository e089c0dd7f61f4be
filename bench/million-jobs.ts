import { JobFactory } from './job-factory.ts'

// A process of its own, with --expose-gc: what a million running jobs weigh, and what a poll costs
// with one job and with all of them. Prints a MillionJobs as JSON.

/** What the process found. */
export interface MillionJobs {
  readonly heapBytes: number
  readonly rssBytes: number
  /** Of the only job there is. */
  readonly pollOneNs: number
  /** Of the same job, among a million. */
  readonly pollSameNs: number
  /** Of one after another, at random, among a million. */
  readonly pollAnyNs: number
}

const JOBS = 1_000_000
const POLLS = 100_000
const ROUNDS = 9

const factory = new JobFactory()
factory.create(1)
// Warm: the first rounds compile what the later ones run.
pollNs(1)
const pollOneNs = pollNs(1)

const before = memory()
for (let number = 2; number <= JOBS; number += 1) factory.create(number)
const after = memory()

const found: MillionJobs = {
  heapBytes: after.heapUsed + after.external - before.heapUsed - before.external,
  rssBytes: after.rss - before.rss,
  pollOneNs,
  pollSameNs: pollNs(1),
  pollAnyNs: pollNs(JOBS),
}
process.stdout.write(JSON.stringify(found))

function memory(): NodeJS.MemoryUsage {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage()
}

/** Polls jobs at random from the first `jobs`. The fastest round: the slower ones were disturbed. */
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
