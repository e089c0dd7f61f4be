import type { Tally } from './tally.ts'

/** The number of rules whose counters are made together, when one of them is first needed. */
const CHUNK = 64

/** The numbers of a rule: `met`, then `answered`. */
const NUMBERS = 2

/**
 * The counters of the rules of a list, by rank. They are numbers side by side: objects of thousands of
 * rules would not be in the cache of the processor.
 */
export class RuleTallies {
  readonly #chunks: (Float64Array | undefined)[] = []

  /** Whether no counter was ever needed. */
  get isEmpty(): boolean {
    return this.#chunks.length === 0
  }

  /** The counters of a rule, created when they are first needed. */
  tally(rank: number): Tally {
    const index = Math.floor(rank / CHUNK)
    let chunk = this.#chunks[index]
    if (chunk === undefined) {
      chunk = new Float64Array(CHUNK * NUMBERS)
      this.#chunks[index] = chunk
    }
    return new ChunkTally(chunk, (rank % CHUNK) * NUMBERS)
  }

  /** The counters of a rule now; undefined if neither it nor a rule near it was ever met. */
  find(rank: number): Tally | undefined {
    return this.#chunks[Math.floor(rank / CHUNK)] && this.tally(rank)
  }

  /** Sets the counters of a rule. */
  set(rank: number, { met, answered }: Tally): void {
    const tally = this.tally(rank)
    tally.met = met
    tally.answered = answered
  }
}

/** The counters of one rule among others. */
class ChunkTally implements Tally {
  readonly #numbers: Float64Array
  readonly #at: number

  constructor(numbers: Float64Array, at: number) {
    this.#numbers = numbers
    this.#at = at
  }

  get met(): number {
    return Number(this.#numbers[this.#at])
  }

  set met(met: number) {
    this.#numbers[this.#at] = met
  }

  get answered(): number {
    return Number(this.#numbers[this.#at + 1])
  }

  set answered(answered: number) {
    this.#numbers[this.#at + 1] = answered
  }
}
