import { createServer } from 'node:http'
import { startMockGpudb } from '../src/start-mock-gpudb.ts'

// A mock, with --expose-gc, and a second server that reports the memory of the process after a
// garbage collection.

/** The memory of the process, and the URL of its mock. */
export interface SoakedMemory {
  readonly mock: string
  readonly heapBytes: number
  readonly rssBytes: number
}

// Small limits, so that everything that grows has reached its limit after the warm-up.
const mock = await startMockGpudb({
  defaultDuration: '1ms',
  maxFinished: 1000,
  journalRequests: 2000,
})

const server = createServer((_request, response) => response.end(JSON.stringify(weigh())))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`)
})

function weigh(): SoakedMemory {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { mock: mock.url, heapBytes: heapUsed + external, rssBytes: rss }
}
