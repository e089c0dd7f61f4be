import { countText } from '../documents/count-text.ts'
import type { TextOutput } from './output.ts'

/** The maximum number of characters of log lines that wait for their reader. */
export const MAX_QUEUED_LOG = 1024 * 1024

/** The settings of a queue of log lines. */
export interface LogQueueOptions {
  readonly maxQueued: number
  /** Returns the line that reports a message in the format of the log. */
  readonly notice: (message: string) => string
}

/**
 * Log lines for a reader that may be slow or blocked. When too much waits for the reader, lines are
 * dropped and counted. Once the reader has taken what waits, a line reports their number.
 */
export class LogQueue {
  readonly #output: TextOutput
  readonly #options: LogQueueOptions
  #dropped = 0
  #droppedInAll = 0

  constructor(output: TextOutput, options: LogQueueOptions) {
    this.#output = output
    this.#options = options
  }

  /** How many lines were ever dropped. */
  get dropped(): number {
    return this.#droppedInAll
  }

  /** Writes or drops a line. Never blocks, except on a file or terminal, which Node writes at once. */
  write(line: string): void {
    if (this.#dropped === 0 && !this.#isFull(line)) {
      this.#output.write(line)
      return
    }
    this.#dropped += 1
    this.#droppedInAll += 1
    if (this.#dropped === 1) void this.#output.flush().then(() => this.#report())
  }

  #isFull({ length }: string): boolean {
    const { maxQueued } = this.#options
    if (this.#output.queued + length <= maxQueued) return false
    // What only waits for the end of the turn does not wait for the reader.
    this.#output.writeCollected()
    const { queued } = this.#output
    return queued > 0 && queued + length > maxQueued
  }

  #report(): void {
    const lost = countText(this.#dropped, 'log line')
    this.#dropped = 0
    this.#output.write(this.#options.notice(`dropped ${lost}: the reader of stderr was too slow`))
  }
}
