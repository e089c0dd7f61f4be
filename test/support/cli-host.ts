import { EventEmitter, once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { CliHost } from '../../src/cli-host.ts'
import type { Environment } from '../../src/config-environment.ts'
import type { CommandOutput } from '../../src/process/output.ts'
import { StopSignals } from '../../src/process/stop-signals.ts'

/** A host for the command line without a process: a test reads its output and sends signals. */
export class FakeHost extends EventEmitter implements CliHost {
  readonly env: Environment
  readonly serverArguments: readonly string[]
  out = ''
  err = ''
  readonly stdout = this.#output('out')
  readonly stderr = this.#output('err')
  readonly stdin = new PassThrough()
  readonly signals = new StopSignals(this)
  /** The size of the terminal that stdout is; undefined if it is none. */
  terminal: CommandOutput['terminal']

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

  #output(stream: 'out' | 'err'): CommandOutput {
    const write = (text: string) => this.#take(stream, text)
    const size = () => this.terminal
    return {
      write,
      writeCollected: () => undefined,
      queued: 0,
      flush: async () => undefined,
      get terminal() {
        return size()
      },
    }
  }

  #take(stream: 'out' | 'err', text: string): void {
    this[stream] += text
    this.emit(stream)
  }
}
