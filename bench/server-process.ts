import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The root of the repository, relative to dist/bench. */
const ROOT = new URL('../../', import.meta.url)

/** The path of the built command. */
export const MOCK = fileURLToPath(new URL('dist/bin/mock-gpudb.js', ROOT))

/** The fixtures with the jobs of the example. */
export const EXAMPLE_FIXTURES = fileURLToPath(new URL('fixtures', ROOT))

/** A listening server in a separate process. */
export interface ServerProcess {
  readonly url: string
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()

// No server outlives a failed measurement.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** The path of a program of the benchmark, such as `bare-http`. */
export function benchProgram(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, import.meta.url))
}

/** Starts the mock on a free port, with additional arguments. */
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
