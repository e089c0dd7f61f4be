import { startMockGpudb } from 'mock-gpudb'
import t from 'tap'
import { GpudbClient } from './gpudb-client.ts'

const REQUEST = { table_name: 'orders', action: 'ttl', value: '120' }

t.test('a job runs until it is done', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen' })
  const db = new GpudbClient(mock.url)
  const id = await db.createJob('/alter/table', REQUEST)
  t.equal((await db.getJob(id)).job_status, 'RUNNING')

  mock.clock.advance('500ms')
  t.equal((await db.getJob(id)).progress, 50)

  mock.clock.run()
  const done = await db.getJob(id)
  t.equal(done.job_status, 'DONE')
  t.match(JSON.parse(done.job_response_str), { table_name: 'orders' })

  mock.requests.verify({
    when: { endpoint: '/alter/table', as: 'job', request: { action: 'ttl' } },
    times: { exactly: 1 },
  })
})

t.test('a job fails by a rule, in a scope of its own', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen' })
  const scope = mock.scope('failing')
  scope.rules.add({
    when: { endpoint: '/alter/table', request: { table_name: 'orders' } },
    then: { lifecycle: { duration: '2s', outcome: 'ERROR', error: 'the disk is full' } },
  })
  const db = new GpudbClient(scope.url)
  const id = await db.createJob('/alter/table', REQUEST)

  scope.clock.advance('1s')
  t.equal((await db.getJob(id)).job_status, 'RUNNING')

  scope.clock.advance('1s')
  const failed = await db.getJob(id)
  t.equal(failed.job_status, 'ERROR')
  t.equal(failed.status_map['error_message'], 'the disk is full')
})
