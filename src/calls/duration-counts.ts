/** The upper bounds of the buckets, in seconds: most answers take a tenth of a millisecond. */
export const DURATION_BOUNDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const

/** How often something took how long, and how long in all. */
export class DurationCounts {
  /** One for each bound. What took longer than all is in none. */
  readonly #buckets = DURATION_BOUNDS.map((bound) => ({ boundMs: bound * 1000, count: 0 }))
  #count = 0
  #totalMs = 0

  /** Counts a duration in ms. */
  observe(ms: number): void {
    this.#count += 1
    this.#totalMs += ms
    for (const bucket of this.#buckets) {
      if (ms <= bucket.boundMs) {
        bucket.count += 1
        return
      }
    }
  }

  /** For each bound, the number of durations that it covers. */
  get cumulative(): readonly number[] {
    let sum = 0
    return this.#buckets.map(({ count }) => {
      sum += count
      return sum
    })
  }

  /** The number of durations. */
  get count(): number {
    return this.#count
  }

  /** The sum of all durations, in seconds. */
  get seconds(): number {
    return this.#totalMs / 1000
  }
}
