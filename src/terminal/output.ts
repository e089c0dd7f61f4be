import type { TimeSource } from '../clock/time-source.ts'
import type { Paint } from './style.ts'

/** The size of a terminal in cells. */
export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** Where a command writes. */
export interface TextTarget {
  write(text: string): void
  /** Resolves when everything is read; with an error if the reader has left. */
  flush(): Promise<Error | undefined>
  /** The present size of the terminal; undefined if the target is no terminal. */
  readonly terminal: TerminalSize | undefined
}

/** The surroundings of a command. */
export interface CommandContext {
  readonly stdout: TextTarget
  readonly paint: Paint
  /** Whether the output may move the cursor. */
  readonly isScreen: boolean
  /** The width of lines that no terminal shows, in cells. Default: 80. */
  readonly plainWidth?: number | undefined
  /** Aborted when the command is to end. */
  readonly signal: AbortSignal
  /** The time of the machine. */
  readonly time: TimeSource
  /** Writes a line to stderr. */
  readonly report: (line: string) => void
}

/** The longest line that fits the output, in cells. */
export function widthOfOutput({
  stdout: { terminal },
  plainWidth = 80,
}: Pick<CommandContext, 'plainWidth'> & { readonly stdout: Pick<TextTarget, 'terminal'> }): number {
  // Some terminals have no size.
  return terminal?.columns || plainWidth
}

/**
 * Writes lines, and waits until they are read. Returns whether the command goes on: false if the reader has
 * left, or the command is to end.
 */
export function printLines(
  lines: readonly string[],
  { stdout, signal }: Pick<CommandContext, 'stdout' | 'signal'>,
): Promise<boolean> {
  if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`)
  return new Promise((resolve) => {
    const end = () => resolve(false)
    signal.addEventListener('abort', end)
    void stdout.flush().then((lost) => {
      signal.removeEventListener('abort', end)
      resolve(lost === undefined && !signal.aborted)
    })
  })
}
