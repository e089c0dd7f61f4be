import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { startRealTimer } from '../../src/clock/time-source.ts'
import type { Command } from './client.ts'

/** How a process ended, and its output. */
export interface Ending {
  readonly ok: boolean
  /** How it ended, such as `exit code 1` or `still running after 60000 ms`. */
  readonly reason: string
  readonly stdout: string
  /** The end of stdout and stderr, in order of arrival. */
  readonly lastOutput: string
}

/** A running process, with all processes that it starts. */
export interface ProcessGroup {
  /** Resolves when no process of the group is left. Never rejects. */
  readonly ended: Promise<Ending>
  /** Resolves with the first match in stdout; undefined if the process ends without one. */
  find(pattern: RegExp): Promise<RegExpExecArray | undefined>
  signal(name: 'SIGTERM'): void
}

/** The maximum length of kept output, in characters. */
const MAX_STDOUT = 1024 * 1024
const MAX_LAST_OUTPUT = 2000

type Child = ChildProcessByStdio<null, Readable, Readable>

const running = new Set<Child>()

/** Runs a command in a new process group, which is killed after `limitMs`. */
export function startGroup(
  [program, ...args]: Command,
  { limitMs }: { readonly limitMs: number },
): ProcessGroup {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
  const child = spawn(program, args, { detached: true, stdio, env: environment() })
  running.add(child)
  let [stdout, lastOutput, reason] = ['', '', '']
  const cancel = startRealTimer(limitMs, () => {
    reason = `still running after ${limitMs} ms`
    kill(child)
  })
  const keep = (text: string) => {
    lastOutput = `${lastOutput}${text}`.slice(-MAX_LAST_OUTPUT)
  }
  child.stderr.setEncoding('utf8').on('data', keep)
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = `${stdout}${text}`.slice(-MAX_STDOUT)
    keep(text)
  })
  child.once('error', (error) => {
    reason = `cannot start: ${error.message}`
  })
  // Processes that it leaves behind would keep its pipes open.
  child.once('exit', () => killGroup(child))
  const ended = new Promise<Ending>((resolve) => {
    child.once('close', (code, signal) => {
      cancel()
      running.delete(child)
      reason ||= signal ? `signal ${signal}` : `exit code ${code}`
      resolve({ ok: reason === 'exit code 0', reason, stdout, lastOutput })
    })
  })
  const find = (pattern: RegExp) =>
    new Promise<RegExpExecArray | undefined>((resolve) => {
      const look = () => {
        const match = pattern.exec(stdout)
        if (match) resolve(match)
      }
      child.stdout.on('data', look)
      void ended.then(() => resolve(undefined))
      look()
    })
  return { ended, find, signal: (name) => void child.kill(name) }
}

/** As startGroup, but resolves when the command has ended. */
export function runCommand(
  command: Command,
  options: { readonly limitMs: number },
): Promise<Ending> {
  return startGroup(command, options).ended
}

/** Kills every running group. */
export function killAllGroups(): void {
  for (const child of running) kill(child)
}

/** Kills a group. Also closes the pipes, in case a process left the group with them. */
function kill(child: Child): void {
  killGroup(child)
  child.stdout.destroy()
  child.stderr.destroy()
}

function killGroup({ pid }: Child): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // No process of the group is left.
  }
}

/** The environment without variables that configure a mock, and without a proxy for it. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('MOCK_GPUDB_'))
  return { ...Object.fromEntries(kept), NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' }
}
