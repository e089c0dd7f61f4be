import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

const BUNDLE = fileURLToPath(new URL('../../dist/bin/mock-gpudb.js', import.meta.url))

/** A process of the built program. */
export interface Program {
  readonly child: ChildProcess
  /** Its output until now. */
  readonly texts: { readonly out: string; readonly err: string }
  /** Resolves with the first match in its output. Throws with the output if it ends without one. */
  prints(pattern: RegExp): Promise<RegExpExecArray>
  /** The URL of the readiness line. */
  listening(): Promise<string>
  /** Resolves with its exit code and its whole output. */
  ended(): Promise<{ code: unknown; signal: unknown; out: string; err: string }>
}

/** The options of a process. */
export interface ProgramOptions {
  readonly argv: readonly string[]
  readonly cwd: string
  /** The whole environment; empty by default. */
  readonly env?: Readonly<Record<string, string>>
  /** A line of a shell that runs the program, which is `"$@"` in it; by default, no shell runs. */
  readonly shell?: string
}

/** Runs the built program until it or the test ends. Throws if the program is not built. */
export function runProgram(t: Test, { argv, cwd, env = {}, shell }: ProgramOptions): Program {
  if (!existsSync(BUNDLE)) throw new Error(`Cannot find ${BUNDLE}: run npm run build`)
  // tap adds its loaders to the environment of every child process. env -i removes them, so that
  // the bundle runs unchanged and is not counted as a source in the coverage.
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const inShell = shell === undefined ? [] : ['sh', '-c', shell, 'sh']
  const command = ['-i', ...variables, ...inShell, process.execPath, BUNDLE, ...argv]
  const child = spawn('env', command, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const texts = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => {
    texts.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    texts.err += text
  })
  const closed = once(child, 'close')
  let isOver = false
  const over = closed.then(() => {
    isOver = true
  })
  const prints = async (pattern: RegExp) => {
    // Its output may have come before, and comes in parts.
    for (;;) {
      const match = pattern.exec(texts.out)
      if (match) return match
      if (isOver) throw new Error(`${argv.join(' ')}: no ${pattern} in ${texts.out}${texts.err}`)
      await Promise.race([once(child.stdout, 'data'), over])
    }
  }
  return {
    child,
    texts,
    prints,
    listening: async () => (await prints(/^listening on (\S+)\n/m))[1] ?? '',
    ended: async () => {
      const [code, signal] = await closed
      return { code, signal, ...texts }
    },
  }
}
