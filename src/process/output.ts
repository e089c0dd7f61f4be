import { nextTurn } from '../clock/time-source.ts'

/** The number of characters that are written at once, also before the end of a turn. */
const MAX_COLLECTED = 64 * 1024

/** A stream of the process, such as `process.stderr`. */
export interface OutputStream {
  write(text: string, done: (error?: Error | null) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  /** The number of characters that wait for the reader. */
  readonly writableLength: number
  /** Whether it is a terminal, whose size is then known. */
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** A destination of text that never fails and never blocks. */
export interface TextOutput {
  /** Keeps the text until the reader takes it. */
  write(text: string): void
  /** Hands over at once what `write` has collected. */
  writeCollected(): void
  /** The number of characters that wait for the reader. */
  readonly queued: number
  /**
   * Resolves when the reader has taken everything that was written before. The value is the first
   * error of the stream; undefined if no text was lost.
   */
  flush(): Promise<Error | undefined>
}

/** The output of a command, which may be a terminal. */
export interface CommandOutput extends TextOutput {
  /** The present size in cells, 0 if the terminal does not say it; undefined if it is no terminal. */
  readonly terminal: { readonly columns: number; readonly rows: number } | undefined
}

/**
 * The output to a stream of the process. The texts of one turn of the event loop are one write: a
 * write costs more than most texts. A reader that leaves, or a full disk, loses the text; without a
 * listener for `error`, Node would end the process.
 */
export class Output implements CommandOutput {
  readonly #stream: OutputStream
  #error: Error | undefined
  #collected = ''

  constructor(stream: OutputStream) {
    this.#stream = stream
    stream.on('error', (error) => {
      this.#error ??= error
    })
  }

  get queued(): number {
    return this.#stream.writableLength + this.#collected.length
  }

  get terminal(): CommandOutput['terminal'] {
    const { isTTY, columns = 0, rows = 0 } = this.#stream
    return isTTY ? { columns, rows } : undefined
  }

  write(text: string): void {
    if (this.#collected === '') void nextTurn().then(() => this.writeCollected())
    this.#collected += text
    if (this.#collected.length >= MAX_COLLECTED) this.writeCollected()
  }

  /** For the end of the process too: nothing that was written before is lost. */
  writeCollected(): void {
    if (this.#collected === '') return
    const text = this.#collected
    this.#collected = ''
    this.#stream.write(text, () => undefined)
  }

  flush(): Promise<Error | undefined> {
    this.writeCollected()
    return new Promise((resolve) => {
      this.#stream.write('', (error) => resolve(this.#error ?? error ?? undefined))
    })
  }
}
