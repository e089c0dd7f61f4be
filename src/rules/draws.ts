import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** The largest seed. */
export const MAX_SEED = 2 ** 31 - 1

/** The first numbers hardly depend on the seed: the very first is almost 1 for all small seeds. */
const UNMIXED = 20

/** Random numbers that are the same for the same seed. */
export class Draws {
  readonly #generator: ReturnType<typeof xoroshiro128plus>

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed)
    for (let number = 0; number < UNMIXED; number += 1) this.#generator.next()
  }

  /** A number from 0, below 1. */
  fraction(): number {
    return uniformFloat64(this.#generator)
  }

  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return uniformInt(this.#generator, min, max)
  }

  /** Other random numbers, seeded by the next of these. */
  fork(): Draws {
    return new Draws(this.integer(0, MAX_SEED))
  }

  /** A number by the normal distribution with mean 0 and deviation 1 (Box and Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.fraction()))
    return radius * Math.cos(2 * Math.PI * this.fraction())
  }
}
