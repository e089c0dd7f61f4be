import { aimOf, type Figure } from './figure.ts'

/** The length of a measurement of calls in this process. */
export interface CallPace {
  readonly rounds: number
  /** The duration of a round of each call, in milliseconds. */
  readonly roundMs: number
}

/** The number of calls between two readings of the clock, which takes as long as some calls. */
const BATCH = 10

/** The times of calls that are compared. */
export interface CallTimes {
  /** Of one call, in nanoseconds. */
  readonly ns: number
  readonly others: readonly {
    /** The name of the other call, as in `1.02 of among 10 rules`. */
    readonly of: string
    readonly ns: number
    /** The aim for the ratio; absent if there is none. */
    readonly atMost?: number
  }[]
}

/**
 * The fastest round of each call, in nanoseconds per call; slower rounds were disturbed. The rounds
 * take turns, so that a disturbance affects all calls; the first ones compile the code.
 */
export function fastestNs(calls: readonly (() => void)[], { rounds, roundMs }: CallPace): number[] {
  const timings = calls.map((call) => ({ call, ns: Number.POSITIVE_INFINITY }))
  for (let round = 0; round < rounds; round += 1) {
    for (const timing of timings) timing.ns = Math.min(timing.ns, timeCalls(timing.call, roundMs))
  }
  return timings.map(({ ns }) => ns)
}

function timeCalls(call: () => void, roundMs: number): number {
  const startedAtMs = performance.now()
  let calls = 0
  while (performance.now() - startedAtMs < roundMs) {
    for (let more = 0; more < BATCH; more += 1) call()
    calls += BATCH
  }
  return ((performance.now() - startedAtMs) / calls) * 1e6
}

/** A figure of the time of a call, beside other calls. */
export function describeCalls(name: string, { ns, others }: CallTimes): Figure {
  const ratios = others.map((other) => ({ ...other, ratio: ns / other.ns }))
  return {
    name,
    value: `${microseconds(ns)} µs`,
    ratios: ratios.map(
      (other) => `${other.ratio.toFixed(2)} of ${other.of} (${microseconds(other.ns)} µs)`,
    ),
    ...aimOf(ratios),
  }
}

function microseconds(ns: number): string {
  return (ns / 1000).toFixed(2)
}
