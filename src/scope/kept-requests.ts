import type { BytesPlace, Chunk } from './byte-chunks.ts'
import type { JournalParts } from './journal-parts.ts'

/** A request as a journal keeps it. */
export interface KeptRequest {
  readonly atMs: number
  readonly durationMs: number
  readonly parts: JournalParts
  readonly body: BytesPlace
}

/** The number of places for the first requests. */
const FIRST_PLACES = 16

/** The numbers of a request, in this order: `atMs`, `durationMs`, start and length of the body. */
const NUMBERS = 4

/**
 * The requests of a journal in the order in which they came; the oldest leaves first. What they consist
 * of lies side by side in a few arrays, whose places are used again: objects that live as long as a
 * request in a journal would cost the garbage collector more than all else costs here.
 */
export class KeptRequests {
  /** The oldest request is at `#start`, the others follow it; the first place follows the last one. */
  #start = 0
  #size = 0
  #numbers = new Float64Array(0)
  // These are as long as places were used.
  #parts: (JournalParts | undefined)[] = []
  #chunks: (Chunk | undefined)[] = []

  get size(): number {
    return this.#size
  }

  /** The request that `index` others came before; undefined if there are fewer. */
  at(index: number): KeptRequest | undefined {
    if (index < 0 || index >= this.#size) return undefined
    const place = this.#placeOf(index)
    const parts = this.#parts[place]
    const chunk = this.#chunks[place]
    if (parts === undefined || chunk === undefined) return undefined
    const at = place * NUMBERS
    const body = { chunk, start: this.#number(at + 2), length: this.#number(at + 3) }
    return { atMs: this.#number(at), durationMs: this.#number(at + 1), parts, body }
  }

  /** Adds a request behind the others. */
  add(request: KeptRequest): void {
    if (this.#size === this.#places) this.#grow()
    this.#write(this.#placeOf(this.#size), request)
    this.#size += 1
  }

  /** What the oldest request takes in memory, as an estimate; 0 if there is none. */
  get oldestBytes(): number {
    const parts = this.#parts[this.#start]
    return parts === undefined ? 0 : parts.bytes + this.#number(this.#start * NUMBERS + 3)
  }

  /** Removes the oldest request; returns where its body was, and undefined if there is none. */
  take(): Chunk | undefined {
    const place = this.#start
    const chunk = this.#chunks[place]
    if (chunk === undefined) return undefined
    this.#parts[place] = undefined
    this.#chunks[place] = undefined
    this.#start = this.#placeOf(1)
    this.#size -= 1
    return chunk
  }

  get #places(): number {
    return this.#numbers.length / NUMBERS
  }

  #placeOf(index: number): number {
    const place = this.#start + index
    return place < this.#places ? place : place - this.#places
  }

  #number(at: number): number {
    return this.#numbers[at] ?? 0
  }

  #write(place: number, { atMs, durationMs, parts, body }: KeptRequest): void {
    const at = place * NUMBERS
    this.#numbers[at] = atMs
    this.#numbers[at + 1] = durationMs
    this.#numbers[at + 2] = body.start
    this.#numbers[at + 3] = body.length
    this.#parts[place] = parts
    this.#chunks[place] = body.chunk
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
    this.#chunks = [...this.#chunks.slice(start), ...this.#chunks.slice(0, start)]
    this.#start = 0
  }
}
