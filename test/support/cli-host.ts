import { EventEmitter, once } from 'node:events'
import type { CliHost } from '../../src/cli.ts'
import type { Environment } from '../../src/config.ts'

/** A host for the command line without a process: a test reads its output and sends signals. */
export class FakeHost extends EventEmitter implements CliHost {
  readonly env: Environment
  readonly serverArguments: readonly string[]
  out = ''
  err = ''
  readonly stdout = { write: (text: string) => this.#take('out', text) }
  readonly stderr = { write: (text: string) => this.#take('err', text) }

  constructor(env: Environment = {}, serverArguments: readonly string[] = []) {
    super()
    this.env = env
    this.serverArguments = serverArguments
  }

  /** The URL in the readiness line. */
  async listening(): Promise<string> {
    if (this.out === '') await once(this, 'out')
    return this.out.replace('listening on ', '').trim()
  }

  #take(stream: 'out' | 'err', text: string): void {
    this[stream] += text
    this.emit(stream)
  }
}
