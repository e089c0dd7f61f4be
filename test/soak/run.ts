import { RealTime, startRealTimer } from '../../src/clock/time-source.ts'
import { MockProcess } from '../support/mock-process.ts'
import { allowedConnections, IdleConnections } from './idle-connections.ts'
import { MemoryWindows } from './memory-windows.ts'
import { readSoakOptions } from './soak-options.ts'
import { SoakedScope } from './soaked-scope.ts'

const CONNECTIONS = 32
const WINDOWS = 20
/** How often memory is read in a window. */
const READINGS = 5
const ANSWER_LIMIT_MS = 10_000
const IDLE_MS = 10_000
/** Small limits, so that everything that grows reaches them in the warm-up. */
const FLAGS = [
  ...['--fixtures', 'test/fuzz/fixtures', '--max-scopes', '64', '--max-finished', '500'],
  ...['--journal-requests', '500', '--log-format', 'json'],
]

process.once('SIGINT', () => process.exit(1))
process.once('SIGTERM', () => process.exit(1))

const time = new RealTime()
const options = readSoakOptions(process.argv.slice(2))
const mock = await MockProcess.start(FLAGS, { heapMb: 128 })
const problems: string[] = []
await soak()
await holdIdleConnections()
await mock.stop()
for (const problem of problems) print(`soak: FAILS: ${problem}`)
print(`${2 - problems.length} passed, ${problems.length} failed`)
process.exitCode = problems.length > 0 ? 1 : 0

/** Runs all connections at once, and measures the memory of the mock. */
async function soak(): Promise<void> {
  const { port } = mock
  const scopes = Array.from({ length: CONNECTIONS }, (_, index) => {
    return new SoakedScope(index, { port, limitMs: ANSWER_LIMIT_MS })
  })
  const endsAtMs = time.now() + options.minutes * 60_000
  const work = async (scope: SoakedScope): Promise<void> => {
    await scope.reset()
    while (time.now() < endsAtMs) await scope.act()
  }
  const working = Promise.all(scopes.map(work))
  const memory = new MemoryWindows()
  const [problem] = await Promise.all([working.then(() => undefined, String), measure(memory)])
  const calls = scopes.reduce((sum, scope) => sum + scope.calls, 0)
  const perSecond = Math.round(calls / (options.minutes * 60))
  print(`soak: ${calls} calls of ${CONNECTIONS} connections, ${perSecond} per second`)
  print(`soak: resident memory ${memory}`)
  for (const scope of scopes) scope.close()
  const wrong = mock.findProblem() ?? problem ?? (memory.isFlat ? undefined : 'memory grows')
  if (wrong !== undefined) problems.push(wrong)
}

async function measure(memory: MemoryWindows): Promise<void> {
  const readingMs = (options.minutes * 60_000) / WINDOWS / READINGS
  for (let window = 0; window < WINDOWS; window += 1) {
    const readings: number[] = []
    for (let reading = 0; reading < READINGS; reading += 1) {
      await pass(readingMs)
      readings.push(mock.residentBytes)
    }
    memory.add(readings)
  }
}

/** Holds connections without a request while a job is polled over another one. */
async function holdIdleConnections(): Promise<void> {
  const count = allowedConnections(options.idle)
  const before = mock.residentBytes
  const idle = new IdleConnections()
  await idle.open(count, mock.port)
  const scope = new SoakedScope(CONNECTIONS, { port: mock.port, limitMs: ANSWER_LIMIT_MS })
  const endsAtMs = time.now() + IDLE_MS
  await scope.reset()
  while (time.now() < endsAtMs) await scope.act()
  const perConnection = Math.round((mock.residentBytes - before) / Math.max(1, count))
  print(`soak: ${idle.held} of ${options.idle} idle connections held, ${perConnection} bytes each`)
  print(`soak: ${scope.calls} calls meanwhile`)
  if (idle.held < count) problems.push(`${count - idle.held} idle connections were closed`)
  idle.close()
  scope.close()
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => startRealTimer(ms, resolve, { keepsAlive: true }))
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
