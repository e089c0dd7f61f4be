import FlatQueue from 'flatqueue'

/** How many outdated items a queue may hold besides as many as are current. */
const SPARE = 64

/** A priority queue by a number, such as a time. Items with equal numbers come in any order. */
export class DueQueue<Item> {
  readonly #queue = new FlatQueue<Item>()

  push(item: Item, at: number): void {
    this.#queue.push(item, at)
  }

  /** The smallest number in the queue; undefined if it is empty. */
  nextAt(): number | undefined {
    return this.#queue.peekValue()
  }

  /** The item with the smallest number; undefined if the queue is empty. */
  peek(): Item | undefined {
    return this.#queue.peek()
  }

  /**
   * Removes and returns the item with the smallest number; undefined if the queue is empty.
   * Frees memory when more than half of it is unused.
   */
  pop(): Item | undefined {
    const item = this.#queue.pop()
    if (this.#queue.length * 2 < this.#queue.ids.length) this.#queue.shrink()
    return item
  }

  /**
   * Removes outdated items, and all but one of equal items, if there are more of them than current
   * ones. An item may be current at one number only. Called after each push, it costs little: a rebuild
   * comes after as many pushes as it looks at items.
   */
  prune(currentCount: number, isCurrent: (item: Item, at: number) => boolean): void {
    const queue = this.#queue
    if (queue.length <= 2 * currentCount + SPARE) return
    const { ids, values, length } = queue
    const kept = Array.from({ length }, (_, index) => [ids[index], values[index]] as const)
    queue.clear()
    queue.shrink()
    const seen = new Set<Item>()
    for (const [item, at] of kept) {
      if (item === undefined || at === undefined || seen.has(item) || !isCurrent(item, at)) continue
      seen.add(item)
      queue.push(item, at)
    }
  }
}
