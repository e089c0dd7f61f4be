import { aimOf, type Figure, renderQuartiles } from './figure.ts'
import { ratioQuartiles } from './statistics.ts'
import { turnOrder } from './turns.ts'

/** The length of a measurement of calls in this process. */
export interface CallPace {
  readonly rounds: number
  /** The duration of a turn of each call, in milliseconds. */
  readonly turnMs: number
}

/** The number of calls between two readings of the clock, which takes as long as some calls. */
const BATCH = 10

/** How much longer the turn of each call is that compiles its code, before the first round. */
const WARM_UP = 5

/** The times of calls that are compared, all of the same rounds. */
export interface CallTimes {
  /** Of one call, in nanoseconds, round by round. */
  readonly ns: readonly number[]
  readonly others: readonly {
    /** The name of the other call, as in `1.02 of among 10 rules`. */
    readonly of: string
    readonly ns: readonly number[]
    /** The aim for the ratio; absent if there is none. */
    readonly atMost?: number
  }[]
}

/**
 * The times of calls in nanoseconds, each with its times of all rounds. They take short turns: the
 * machine may be slower by half for seconds, which then affects all calls of a round.
 */
export function timeInTurns(
  calls: readonly (() => void)[],
  { rounds, turnMs }: CallPace,
): number[][] {
  const times = calls.map((): number[] => [])
  for (const call of calls) timeCalls(call, WARM_UP * turnMs)
  for (let round = 0; round < rounds; round += 1) {
    for (const turn of turnOrder(calls.length, round)) {
      const call = calls[turn]
      if (call) times[turn]?.push(timeCalls(call, turnMs))
    }
  }
  return times
}

/** The time of a call in nanoseconds, measured for so many milliseconds. */
export function timeCalls(call: () => void, turnMs: number): number {
  const startedAtMs = performance.now()
  let calls = 0
  while (performance.now() - startedAtMs < turnMs) {
    for (let more = 0; more < BATCH; more += 1) call()
    calls += BATCH
  }
  return ((performance.now() - startedAtMs) / calls) * 1e6
}

/** A figure of the time of a call in the fastest round, beside other calls round by round. */
export function describeCalls(name: string, { ns, others }: CallTimes): Figure {
  const ratios = others.map((other) => {
    const spread = ratioQuartiles(ns, other.ns)
    return { ...other, spread, ratio: spread[1] }
  })
  return {
    name,
    value: fastest(ns),
    ratios: ratios.map(
      (other) => `${renderQuartiles(other.spread)} of ${other.of} (${fastest(other.ns)})`,
    ),
    ...aimOf(ratios),
  }
}

function fastest(ns: readonly number[]): string {
  return `${(Math.min(...ns) / 1000).toFixed(2)} µs`
}
