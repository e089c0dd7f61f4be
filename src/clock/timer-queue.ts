import { DueQueue } from './due-queue.ts'

/** The items of one time, and the position of the first of them. */
interface Instant<Item> {
  /** In order of addition. */
  readonly items: Set<Item>
  /** Goes on where it was: to begin anew would step over all items that are gone. */
  readonly iterator: Iterator<Item>
  first: Item
}

/** Items in order of their times, then of their addition. Each operation costs little in any number. */
export class TimerQueue<Item extends { readonly dueMs: number }> {
  readonly #instants = new Map<number, Instant<Item>>()
  /** The times of the instants, and those of some that are gone. */
  readonly #times = new DueQueue<number>()
  #size = 0

  get size(): number {
    return this.#size
  }

  has(item: Item): boolean {
    return this.#instants.get(item.dueMs)?.items.has(item) === true
  }

  add(item: Item): void {
    const { dueMs } = item
    this.#size += 1
    const instant = this.#instants.get(dueMs)
    if (instant) {
      instant.items.add(item)
      return
    }
    const items = new Set([item])
    this.#instants.set(dueMs, { items, iterator: items.values(), first: item })
    this.#times.push(dueMs, dueMs)
    this.#times.prune(this.#instants.size, (time) => this.#instants.has(time))
  }

  /** Removes an item. Returns whether it was there. */
  delete(item: Item): boolean {
    const instant = this.#instants.get(item.dueMs)
    if (!instant?.items.delete(item)) return false
    this.#size -= 1
    if (instant.items.size === 0) this.#instants.delete(item.dueMs)
    return true
  }

  /** The first item; undefined if the queue is empty. */
  first(): Item | undefined {
    for (let time = this.#times.peek(); time !== undefined; time = this.#times.peek()) {
      const instant = this.#instants.get(time)
      if (instant) return firstOf(instant)
      this.#times.pop()
    }
    return undefined
  }
}

function firstOf<Item>(instant: Instant<Item>): Item {
  while (!instant.items.has(instant.first)) instant.first = instant.iterator.next().value
  return instant.first
}
