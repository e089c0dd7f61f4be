import FlatQueue from 'flatqueue'

/** Items in order of a number, a time or a rank; those with the same number come in any order. */
export class DueQueue<Item> {
  readonly #queue = new FlatQueue<Item>()

  /** Adds an item. */
  push(item: Item, at: number): void {
    this.#queue.push(item, at)
  }

  /** The smallest number in the queue, or undefined where it is empty. */
  nextAt(): number | undefined {
    return this.#queue.peekValue()
  }

  /** The item with the smallest number, or undefined where the queue is empty. */
  peek(): Item | undefined {
    return this.#queue.peek()
  }

  /** Takes the item with the smallest number, and lets go of the memory once half is unused. */
  pop(): Item | undefined {
    const item = this.#queue.pop()
    if (this.#queue.length * 2 < this.#queue.ids.length) this.#queue.shrink()
    return item
  }
}
