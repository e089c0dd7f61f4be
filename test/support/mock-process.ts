import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = new URL('../../', import.meta.url)
const MOCK = fileURLToPath(new URL('dist/bin/mock-gpudb.js', ROOT))

/** The heap, the buffers of bodies, and the program. */
const MAX_RESIDENT_BYTES = 768 * 1024 * 1024
const MAX_KEPT_LOG = 64 * 1024

/** The logged stack of an error that the mock did not expect. */
const DEFECT = /"stack":"[^"]*|\n {4}at .*|heap out of memory|MaxListenersExceeded\w+/

const running = new Set<ChildProcess>()

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** The built mock as a process of its own. */
export class MockProcess {
  readonly port: number
  readonly #child: ChildProcess
  readonly #firstSockets: number
  #log = ''
  #ending = ''

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
    this.#firstSockets = countSockets(child.pid)
    child.once('exit', (code, signal) => {
      this.#ending = signal ? `signal ${signal}` : `exit code ${code}`
    })
    child.stderr?.on('data', (text) => {
      this.#log = `${this.#log}${text}`.slice(-MAX_KEPT_LOG)
    })
  }

  /**
   * Starts the built mock with flags. In a heap of `heapMb`, a store without a limit ends the process
   * soon. Throws if it ends before it listens.
   */
  static async start(
    flags: readonly string[],
    { heapMb }: { readonly heapMb: number },
  ): Promise<MockProcess> {
    const heap = `--max-old-space-size=${heapMb}`
    const args = [heap, MOCK, 'start', '--host', '127.0.0.1', '--port', '0', ...flags]
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child)
    child.once('exit', () => running.delete(child))
    child.stdout.setEncoding('utf8')
    child.stderr.setEncoding('utf8')
    const first = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
    const port = /^listening on \S+:(\d+)$/m.exec(String(first[0]))?.[1]
    if (port === undefined) throw new Error('Cannot start the mock: run npm run bundle')
    return new MockProcess(child, Number(port))
  }

  get isRunning(): boolean {
    return this.#ending === ''
  }

  /** The resident memory in bytes; 0 on systems without /proc. */
  get residentBytes(): number {
    return readResident(this.#child.pid)
  }

  /** The sockets that it has opened since it listens; 0 on systems without /proc. */
  get openedSockets(): number {
    return countSockets(this.#child.pid) - this.#firstSockets
  }

  /** What is wrong with the process: it ended, logged a defect, or needs too much memory. */
  findProblem(): string | undefined {
    if (!this.isRunning) return `the process ended: ${this.#ending}\n${this.#log.slice(-2000)}`
    const defect = DEFECT.exec(this.#log)
    if (defect) {
      const around = this.#log.slice(Math.max(0, defect.index - 1000), defect.index + 1000)
      this.#log = ''
      return `the process logged a defect: ${around}`
    }
    const resident = this.residentBytes
    if (resident > MAX_RESIDENT_BYTES) return `the process needs ${resident} bytes of memory`
    return undefined
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }
}

function readResident(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

function countSockets(pid: number | undefined): number {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).filter((name) => isSocket(`${folder}/${name}`)).length
  } catch {
    return 0
  }
}

/** A descriptor may be closed meanwhile. */
function isSocket(link: string): boolean {
  try {
    return readlinkSync(link).startsWith('socket:')
  } catch {
    return false
  }
}
