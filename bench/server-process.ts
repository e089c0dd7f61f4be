import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The root of the repository, seen from dist/bench. */
const ROOT = new URL('../../', import.meta.url)

/** The built command. */
export const MOCK = fileURLToPath(new URL('dist/bin/mock-gpudb.js', ROOT))

/** The jobs of the example. */
export const EXAMPLE_FIXTURES = fileURLToPath(new URL('fixtures', ROOT))

/** A server that listens, in a process of its own. */
export interface ServerProcess {
  readonly url: string
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()

// Where a measurement fails, no server outlives it.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** The path of one of the benchmark's own programs, such as `bare-http`. */
export function benchProgram(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, import.meta.url))
}

/** Starts the mock on a free port; more arguments may follow. */
export function startMock(fixtures: string, ...more: readonly string[]): Promise<ServerProcess> {
  return startServer([MOCK, '--host', '127.0.0.1', '--port', '0', '--fixtures', fixtures, ...more])
}

/** Starts Node with a program and its arguments, and waits for its line `listening on <url>`. */
export async function startServer(args: readonly string[]): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.add(child)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^listening on (\S+)$/.exec(line)?.[1]
    if (url === undefined) continue
    const stop = async (): Promise<void> => {
      child.kill('SIGKILL')
      await ended
      running.delete(child)
    }
    return { url, stop }
  }
  throw new Error(`Cannot measure: node ${args.join(' ')} ended before it listened`)
}
