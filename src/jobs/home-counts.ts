import type { Placement } from './placement.ts'

/** The number of jobs by their home; those that their home has lost do not count. */
export class HomeCounts {
  readonly #counts = new Map<string, number>()

  /** The number of jobs of each home that has ever had one. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** Counts a job at its place. */
  add(placement: Placement): void {
    this.#change(placement, 1)
  }

  /** Takes back what `add` counted for this place. */
  remove(placement: Placement): void {
    this.#change(placement, -1)
  }

  #change({ home, on }: Placement, by: 1 | -1): void {
    if (on.has(home)) this.#counts.set(home, (this.#counts.get(home) ?? 0) + by)
  }
}
