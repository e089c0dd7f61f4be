import { createServer } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { timeCalls } from './call-time.ts'
import { DirectMock } from './direct-mock.ts'
import { createJobBytes, getJobBytes } from './messages.ts'

// A process, with --expose-gc, that has as many running jobs as its argument says, and a server that
// answers with their memory, or times polls without HTTP: /polls?jobs=1&ms=20 is the time of a poll in
// nanoseconds, of a random one of so many jobs.

/** The memory of the jobs but the first. */
export interface JobsMemory {
  readonly heapBytes: number
  readonly rssBytes: number
}

const jobs = Number(process.argv[2])
const mock = new DirectMock()
create(1)
const before = await memory()
for (let number = 2; number <= jobs; number += 1) create(number)
const after = await memory()

const found: JobsMemory = {
  heapBytes: after.heapUsed + after.external - before.heapUsed - before.external,
  rssBytes: after.rss - before.rss,
}

const server = createServer(({ url = '' }, response) => {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const polled = Number(searchParams.get('jobs'))
  const ms = Number(searchParams.get('ms'))
  response.end(JSON.stringify(pathname === '/polls' ? pollNs(polled, ms) : found))
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`)
})

/** The memory after all garbage is freed: what is free is returned to the system in the background. */
async function memory(): Promise<NodeJS.MemoryUsage> {
  globalThis.gc?.()
  globalThis.gc?.()
  await setTimeout(1000)
  return process.memoryUsage()
}

/** Each job is created from bytes of its own: it shares no data with other jobs. */
function create(number: number): void {
  mock.ask('/create/job', createJobBytes(number))
}

/** The time of a poll of a random one of the first jobs, from the bytes of its request. */
function pollNs(polled: number, ms: number): number {
  const poll = () => {
    mock.ask('/get/job', getJobBytes(BigInt(1 + Math.floor(Math.random() * polled))))
  }
  return timeCalls(poll, ms)
}
