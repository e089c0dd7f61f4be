import { type ChildProcess, spawn } from 'node:child_process'
import type { WriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { readCpuNs } from './cpu-time.ts'

/** The root of the repository, relative to dist/bench. */
const ROOT = new URL('../../', import.meta.url)

/** The path of the built command. */
export const MOCK = fileURLToPath(new URL('dist/bin/mock-gpudb.js', ROOT))

/** The fixtures with the jobs of the example. */
export const EXAMPLE_FIXTURES = fileURLToPath(new URL('fixtures', ROOT))

/** A folder without fixtures: that of the programs of the benchmark. */
export const NO_FIXTURES = fileURLToPath(new URL('dist/bench', ROOT))

/** How a program is started. */
export interface Start {
  /** The program and its arguments. */
  readonly args: readonly string[]
  /** An open file for its errors and log; by default the output of this process. */
  readonly stderr?: WriteStream
  /** More environment variables. */
  readonly env?: Readonly<Record<string, string>>
}

/** A listening server in a separate process. */
export interface ServerProcess {
  readonly url: string
  /** Takes the processor from the server until `resume`. Does nothing on Windows, which cannot do so. */
  suspend(): void
  resume(): void
  /** The processor time of the server yet, in nanoseconds; undefined if the system does not report it. */
  cpuNs(): number | undefined
  /** Ends the process, by default at once. */
  stop(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>
}

const running = new Set<ChildProcess>()

// No server outlives a failed measurement: a suspended one would not even see an interrupt.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

/** The path of a program of the benchmark, such as `bare-http`. */
export function benchProgram(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, import.meta.url))
}

/** Starts the mock on a free port, with additional arguments. */
export function startMock(fixtures: string, ...more: readonly string[]): Promise<ServerProcess> {
  return startServer({ args: mockArguments(fixtures, ...more) })
}

/** The arguments of Node that start the mock on a free port. */
export function mockArguments(fixtures: string, ...more: readonly string[]): string[] {
  return [MOCK, '--host', '127.0.0.1', '--port', '0', '--fixtures', fixtures, ...more]
}

/** Starts Node with a program and its arguments, and waits for its line `listening on <url>`. */
export async function startServer({ args, stderr, env }: Start): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', stderr ?? 'inherit'],
    env: { ...process.env, ...env },
  })
  running.add(child)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^listening on (\S+)$/.exec(line)?.[1]
    if (url !== undefined) return control(child, { url, ended })
  }
  throw new Error(`Cannot measure: node ${args.join(' ')} ended before it listened`)
}

function control(
  child: ChildProcess,
  { url, ended }: { readonly url: string; readonly ended: Promise<void> },
): ServerProcess {
  const send = (signal: 'SIGSTOP' | 'SIGCONT'): void => {
    if (process.platform !== 'win32') child.kill(signal)
  }
  return {
    url,
    suspend: () => send('SIGSTOP'),
    resume: () => send('SIGCONT'),
    cpuNs: () => (child.pid === undefined ? undefined : readCpuNs(child.pid)),
    stop: async (signal = 'SIGKILL') => {
      child.kill(signal)
      await ended
      running.delete(child)
    },
  }
}
