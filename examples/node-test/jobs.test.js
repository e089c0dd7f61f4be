import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { control, gpudb, removeScope, startMock } from './mock-gpudb.js'

let mock
let name
let scope

before(async () => {
  mock = await startMock()
})

after(() => mock?.stop())

beforeEach(async () => {
  name = `node-${randomUUID()}`
  scope = `${mock.url}/~${name}`
  await control(scope, '/clock', { mode: 'frozen' })
})

afterEach(() => removeScope(mock.url, name))

async function createJob() {
  const { job_id } = await gpudb(scope, '/create/job', {
    endpoint: '/alter/table',
    request_encoding: 'json',
    data_str: JSON.stringify({ table_name: 'orders', action: 'ttl', value: '120' }),
  })
  return job_id
}

function getJob(id) {
  return gpudb(scope, '/get/job', { job_id: id })
}

test('a job runs until it is done', async () => {
  const id = await createJob()
  assert.equal((await getJob(id)).job_status, 'RUNNING')

  await control(scope, '/clock/advance', { by: '500ms' })
  assert.equal((await getJob(id)).progress, 50)

  await control(scope, '/clock/run')
  const done = await getJob(id)
  assert.equal(done.job_status, 'DONE')
  assert.equal(JSON.parse(done.job_response_str).table_name, 'orders')

  await control(scope, '/requests/verify', {
    when: { endpoint: '/alter/table', as: 'job', request: { action: 'ttl' } },
    times: { exactly: 1 },
  })
})

test('a job fails by a rule', async () => {
  await control(scope, '/rules', {
    when: { endpoint: '/alter/table', request: { table_name: 'orders' } },
    then: { lifecycle: { duration: '2s', outcome: 'ERROR', error: 'the disk is full' } },
  })
  const id = await createJob()

  await control(scope, '/clock/advance', { by: '1s' })
  assert.equal((await getJob(id)).job_status, 'RUNNING')

  await control(scope, '/clock/advance', { by: '1s' })
  const failed = await getJob(id)
  assert.equal(failed.job_status, 'ERROR')
  assert.equal(failed.status_map.error_message, 'the disk is full')
})
