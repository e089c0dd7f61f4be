import { type Figure, joinAims } from './figure.ts'

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
  const fastest = calls.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round += 1) {
    calls.forEach((call, index) => {
      fastest[index] = Math.min(fastest[index] ?? 0, timeCalls(call, roundMs))
    })
  }
  return fastest
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
  const aims = others.flatMap(({ of, ns: otherNs, atMost }) =>
    atMost === undefined
      ? []
      : { text: `≤ ${atMost.toFixed(2)} of ${of}`, met: ns / otherNs <= atMost },
  )
  return {
    name,
    value: `${microseconds(ns)} µs`,
    ratios: others.map(
      ({ of, ns: otherNs }) =>
        `${(ns / otherNs).toFixed(2)} of ${of} (${microseconds(otherNs)} µs)`,
    ),
    ...joinAims(aims),
  }
}

function microseconds(ns: number): string {
  return (ns / 1000).toFixed(2)
}
