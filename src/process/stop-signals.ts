/** The signals that stop the server: of process managers, the terminal, and its end. */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const

/** The standard input of a process. */
export interface InputStream {
  once(event: 'end' | 'error', listener: () => void): unknown
  resume(): unknown
}

/** A process, as far as it receives signals. */
export interface SignalSource {
  readonly stdin: InputStream
  on(signal: (typeof STOP_SIGNALS)[number], listener: () => void): unknown
  off(signal: (typeof STOP_SIGNALS)[number], listener: () => void): unknown
}

/**
 * The requests to stop that a process receives as signals. The signals do not end the process until
 * they are released, however often they come.
 */
export class StopSignals {
  /** Resolves when the first signal is received. */
  readonly received: Promise<void>
  readonly #source: SignalSource
  readonly #request = new AbortController()
  readonly #listener = () => this.#request.abort()

  constructor(source: SignalSource) {
    this.#source = source
    const { signal } = this.#request
    this.received = new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
    for (const name of STOP_SIGNALS) source.on(name, this.#listener)
  }

  /** Whether a signal was received. */
  get isReceived(): boolean {
    return this.#request.signal.aborted
  }

  /**
   * Takes the end of the standard input as a signal too, and resolves then. The input ends when its
   * writer closes it or ends in any way, also by SIGKILL; what is written is ignored.
   */
  inputEnd(): Promise<void> {
    const { stdin } = this.#source
    return new Promise((resolve) => {
      const end = () => {
        this.#listener()
        resolve()
      }
      stdin.once('end', end)
      stdin.once('error', end)
      stdin.resume()
    })
  }

  /** Lets signals end the process again. */
  release(): void {
    for (const name of STOP_SIGNALS) this.#source.off(name, this.#listener)
  }
}
