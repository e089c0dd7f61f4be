import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Test } from 'tap'

const run = promisify(execFile)

/** A command on a page, and the output that the page shows. */
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

/**
 * Runs commands in order against a server, and compares the output of each with the page. The page has
 * the default port on each host name.
 */
export async function runSession(
  t: Test,
  lines: readonly ConsoleLine[],
  url: string,
): Promise<void> {
  const { host, port } = new URL(url)
  for (const { command, printed } of lines) {
    const here = command.replaceAll('localhost:9191', host).replaceAll(':9191', `:${port}`)
    const { stdout } = await run('bash', ['-c', here])
    t.equal(stdout.trim().replaceAll(`:${port}`, ':9191'), printed, command)
  }
}
