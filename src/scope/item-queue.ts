/** The number of places of a queue when its first item comes. */
const FIRST_PLACES = 16

/**
 * Items in the order in which they came; the oldest leaves first. The places of items that have left
 * are used again, so that a queue that has its length allocates nothing.
 */
export class ItemQueue<Item> {
  /** The oldest item is at `#start`, the others follow it; the first place follows the last one. */
  #places: (Item | undefined)[] = []
  #start = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The item that `index` others came before; undefined if the queue is shorter. */
  at(index: number): Item | undefined {
    return index < 0 || index >= this.#size ? undefined : this.#places[this.#placeOf(index)]
  }

  /** Adds an item behind the others. */
  add(item: Item): void {
    if (this.#size === this.#places.length) this.#grow()
    this.#places[this.#placeOf(this.#size)] = item
    this.#size += 1
  }

  /** Removes the oldest item, and returns it; undefined if the queue is empty. */
  take(): Item | undefined {
    const item = this.at(0)
    if (item === undefined) return undefined
    this.#places[this.#start] = undefined
    this.#start = this.#placeOf(1)
    this.#size -= 1
    return item
  }

  #placeOf(index: number): number {
    return (this.#start + index) % this.#places.length
  }

  #grow(): void {
    const length = Math.max(FIRST_PLACES, 2 * this.#size)
    this.#places = Array.from({ length }, (_, index) => this.at(index))
    this.#start = 0
  }
}
