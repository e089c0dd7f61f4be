/** The most that memory may grow, as a factor: it varies by a tenth without a trend. */
const MAX_GROWTH = 1.15

/** The memory of a process over time, as the smallest value of each window. */
export class MemoryWindows {
  readonly #windows: number[] = []

  /** Adds the values of one window, in bytes. */
  add(bytes: readonly number[]): void {
    this.#windows.push(Math.min(...bytes))
  }

  /**
   * The growth from the second quarter of the windows to the last; the first quarter is the warm-up,
   * in which everything with a limit reaches it.
   */
  get growth(): number {
    const quarter = Math.floor(this.#windows.length / 4)
    const early = this.#windows.slice(quarter, 2 * quarter)
    const late = this.#windows.slice(-quarter)
    return Math.min(...late) / Math.min(...early)
  }

  get isFlat(): boolean {
    return this.growth <= MAX_GROWTH
  }

  /** Such as `91 93 94 MB, growth 1.010 (at most 1.15)`. */
  toString(): string {
    const megabytes = this.#windows.map((bytes) => Math.round(bytes / 1e6)).join(' ')
    return `${megabytes} MB, growth ${this.growth.toFixed(3)} (at most ${MAX_GROWTH})`
  }
}
