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
const phases = [soak, holdIdleConnections]
let failed = 0
for (const phase of phases) {
  const problem = await phase().catch(String)
  if (problem === undefined) continue
  failed += 1
  print(`soak: FAILS: ${mock.findProblem() ?? problem}`)
}
await mock.stop()
print(`${phases.length - failed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

/** Runs all connections at once and measures the memory of the mock. Resolves with what is wrong. */
async function soak(): Promise<string | undefined> {
  const { port } = mock
  const scopes = Array.from({ length: CONNECTIONS }, (_, index) => {
    return new SoakedScope(index, { port, limitMs: ANSWER_LIMIT_MS })
  })
  const memory = new MemoryWindows()
  const startedAtMs = time.now()
  const working = Promise.all(scopes.map((scope) => actFor(scope, options.minutes * 60_000)))
  // A connection that fails ends both at once.
  await Promise.all([working, measure(memory)])
  const calls = scopes.reduce((sum, scope) => sum + scope.calls, 0)
  const perSecond = Math.round((calls / (time.now() - startedAtMs)) * 1000)
  print(`soak: ${calls} calls of ${CONNECTIONS} connections, ${perSecond} per second`)
  print(`soak: resident memory ${memory}`)
  for (const scope of scopes) scope.close()
  return mock.findProblem() ?? (memory.isFlat ? undefined : 'the memory grows')
}

async function actFor(scope: SoakedScope, ms: number): Promise<void> {
  const endsAtMs = time.now() + ms
  await scope.reset()
  while (time.now() < endsAtMs) await scope.act()
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

/** Holds connections without a request while jobs are polled. Resolves with what is wrong. */
async function holdIdleConnections(): Promise<string | undefined> {
  const count = allowedConnections(options.idle)
  const before = mock.residentBytes
  const idle = new IdleConnections()
  await idle.open(count, mock.port)
  const scope = new SoakedScope(CONNECTIONS, { port: mock.port, limitMs: ANSWER_LIMIT_MS })
  await actFor(scope, IDLE_MS)
  const perConnection = Math.round((mock.residentBytes - before) / Math.max(1, count))
  print(`soak: ${idle.held} of ${options.idle} idle connections held, ${perConnection} bytes each`)
  print(`soak: ${scope.calls} calls meanwhile`)
  const closed = count - idle.held
  idle.close()
  scope.close()
  return mock.findProblem() ?? (closed > 0 ? `${closed} idle connections were closed` : undefined)
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => startRealTimer(ms, resolve, { keepsAlive: true }))
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
