import FlatQueue from 'flatqueue'

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
}
