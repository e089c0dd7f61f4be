/** The upper bounds of the buckets, in seconds: most answers take a tenth of a millisecond. */
export const DURATION_BOUNDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const

/** How often something took how long, and how long in all. */
export class DurationCounts {
  /** One for each bound, and one for what took longer than all. */
  readonly #counts = new Float64Array(DURATION_BOUNDS.length + 1)
  #totalMs = 0

  /** Counts a duration in ms. */
  observe(ms: number): void {
    const seconds = ms / 1000
    let bucket = 0
    while (seconds > (DURATION_BOUNDS[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#totalMs += ms
  }

  /** For each bound, the number of durations that it covers. */
  get cumulative(): readonly number[] {
    let sum = 0
    return Array.from(this.#counts.subarray(0, -1), (count) => {
      sum += count
      return sum
    })
  }

  /** The number of durations. */
  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  /** The sum of all durations, in seconds. */
  get seconds(): number {
    return this.#totalMs / 1000
  }
}
