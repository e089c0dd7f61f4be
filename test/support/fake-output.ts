import { EventEmitter, once } from 'node:events'
import type { CommandContext, TerminalSize, TextTarget } from '../../src/terminal/output.ts'
import { paintNothing } from '../../src/terminal/style.ts'
import { ManualTime } from './clocks.ts'

/** An output whose text a test reads; it can be a terminal. */
export class FakeOutput extends EventEmitter implements TextTarget {
  terminal: TerminalSize | undefined
  text = ''
  /** The error with which each flush ends. */
  lost: Error | undefined
  /** Whether the reader takes what is written. */
  isRead = true

  write(text: string): void {
    this.text += text
    this.emit('text')
  }

  flush(): Promise<Error | undefined> {
    return this.isRead ? Promise.resolve(this.lost) : new Promise(() => undefined)
  }

  /** Resolves when the text matches. */
  async until(wanted: RegExp | string): Promise<void> {
    while (!this.has(wanted)) await once(this, 'text')
  }

  has(wanted: RegExp | string): boolean {
    return typeof wanted === 'string' ? this.text.includes(wanted) : wanted.test(this.text)
  }
}

/** The surroundings of a command that a test ends. */
export interface FakeContext extends CommandContext {
  readonly stdout: FakeOutput
  readonly stderr: FakeOutput
  readonly time: ManualTime
  end(): void
}

/** Surroundings without a terminal, unless a size is given. */
export function fakeContext(terminal?: TerminalSize): FakeContext {
  const stdout = new FakeOutput()
  stdout.terminal = terminal
  const stderr = new FakeOutput()
  const ending = new AbortController()
  return {
    stdout,
    stderr,
    paint: paintNothing,
    isScreen: terminal !== undefined,
    signal: ending.signal,
    time: new ManualTime(0),
    report: (line) => stderr.write(`${line}\n`),
    end: () => ending.abort(),
  }
}
