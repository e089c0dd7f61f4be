import t from 'tap'
import { plainLifecycle } from '../../src/jobs/lifecycle.ts'
import { ENCODINGS, seedJob, startTestServer } from '../support/server.ts'

t.test('POST /show/system/timing lists finished jobs, the latest first', async (t) => {
  const seeds = [
    seedJob({ lifecycle: plainLifecycle(100, 'immediate'), endpoint: '/alter/table' }),
    seedJob({ lifecycle: plainLifecycle(900, 'immediate'), endpoint: '/execute/sql' }),
    seedJob({ lifecycle: plainLifecycle(300, 'immediate'), endpoint: '/show/table' }),
    seedJob({ lifecycle: plainLifecycle(1001, 'immediate'), endpoint: '/admin/rebalance' }),
  ]
  const server = await startTestServer({ seeds })
  t.teardown(server.close)
  server.clock.advance(1000)
  for (const asked of ENCODINGS) {
    const { response, dataType } = await server.ask(asked, '/show/system/timing', {})
    t.equal(dataType, 'show_system_timing_response', asked)
    t.strictSame(
      response,
      {
        endpoints: ['/execute/sql', '/show/table', '/alter/table'],
        time_in_ms: [900, 300, 100],
        jobIds: ['2', '3', '1'],
        info: {},
      },
      asked,
    )
  }
})

t.test('POST /show/system/timing lists at most a hundred jobs', async (t) => {
  const lifecycle = plainLifecycle(0, 'immediate')
  const server = await startTestServer({
    seeds: Array.from({ length: 101 }, () => seedJob({ lifecycle })),
  })
  t.teardown(server.close)
  const { jobIds } = await server.call('/show/system/timing', {})
  t.equal(Object(jobIds).length, 100)
})

t.test('POST /show/system/timing returns empty lists if no job has finished', async (t) => {
  const server = await startTestServer({ seeds: [seedJob()] })
  t.teardown(server.close)
  const answer = await server.call('/show/system/timing', {})
  t.strictSame(answer, { endpoints: [], time_in_ms: [], jobIds: [], info: {} })
})
