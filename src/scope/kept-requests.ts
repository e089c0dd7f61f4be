import type { JournalParts } from './journal-parts.ts'

/** A request as a journal keeps it. */
export interface KeptRequest {
  readonly atMs: number
  readonly durationMs: number
  readonly parts: JournalParts
}

/** The number of places for the first requests. */
const FIRST_PLACES = 16

/** The numbers of a request: `atMs` and `durationMs`. */
const NUMBERS = 2

/**
 * The requests of a journal in the order in which they came; the oldest leaves first. What they consist
 * of lies side by side in two arrays, whose places are used again: objects that live as long as a
 * request in a journal would cost the garbage collector more than all else costs here.
 */
export class KeptRequests {
  /** The oldest request is at `#start`, the others follow it; the first place follows the last one. */
  #start = 0
  #size = 0
  #numbers = new Float64Array(0)
  /** As long as places were used. */
  #parts: (JournalParts | undefined)[] = []

  get size(): number {
    return this.#size
  }

  /** The request that `index` others came before; undefined if there are fewer. */
  at(index: number): KeptRequest | undefined {
    const isThere = index >= 0 && index < this.#size
    const place = isThere ? this.#placeOf(index) : Number.NaN
    const parts = this.#parts[place]
    if (parts === undefined) return undefined
    const atMs = Number(this.#numbers[place * NUMBERS])
    const durationMs = Number(this.#numbers[place * NUMBERS + 1])
    return { atMs, durationMs, parts }
  }

  /** Adds a request behind the others. */
  add({ atMs, durationMs, parts }: KeptRequest): void {
    if (this.#size === this.#places) this.#grow()
    const place = this.#placeOf(this.#size)
    this.#numbers[place * NUMBERS] = atMs
    this.#numbers[place * NUMBERS + 1] = durationMs
    this.#parts[place] = parts
    this.#size += 1
  }

  /** Removes the oldest request, and returns its parts; undefined if absent. */
  take(): JournalParts | undefined {
    const parts = this.#parts[this.#start]
    if (parts === undefined) return undefined
    this.#parts[this.#start] = undefined
    this.#start = this.#placeOf(1)
    this.#size -= 1
    return parts
  }

  get #places(): number {
    return this.#numbers.length / NUMBERS
  }

  #placeOf(index: number): number {
    const place = this.#start + index
    return place < this.#places ? place : place - this.#places
  }

  /** Makes twice as many places, and moves the oldest request to the first. */
  #grow(): void {
    const start = this.#start
    const numbers = new Float64Array(NUMBERS * Math.max(FIRST_PLACES, 2 * this.#size))
    const first = this.#numbers.subarray(start * NUMBERS)
    numbers.set(first)
    numbers.set(this.#numbers.subarray(0, start * NUMBERS), first.length)
    this.#numbers = numbers
    this.#parts = [...this.#parts.slice(start), ...this.#parts.slice(0, start)]
    this.#start = 0
  }
}
