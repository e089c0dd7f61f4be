import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Test } from 'tap'

const run = promisify(execFile)

/** A command that a page shows, and what the page says that it prints. */
export interface ConsoleLine {
  readonly command: string
  readonly printed: string
}

/** The commands in the `console` blocks of a page, in order. */
export function consoleLines(page: string): ConsoleLine[] {
  const blocks = Array.from(page.matchAll(/```console\n(.*?)```/gs), ([, text = '']) => text)
  return blocks
    .flatMap((text) => text.split(/^\$ /m).slice(1))
    .map((line) => {
      const [command = '', ...printed] = line.split('\n')
      return { command, printed: printed.join('\n').trim() }
    })
}

/** Runs commands one after the other against a server, and holds each to what it is to print. */
export async function runSession(
  t: Test,
  lines: readonly ConsoleLine[],
  url: string,
): Promise<void> {
  for (const { command, printed } of lines) {
    const here = command.replaceAll('localhost:9191', new URL(url).host)
    const { stdout } = await run('bash', ['-c', here])
    t.equal(stdout.trim(), printed, command)
  }
}
