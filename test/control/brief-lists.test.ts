import t from 'tap'
import { type MockGpudb, startMockGpudb } from '../../src/index.ts'
import { JobTable } from '../../src/jobs/job-table.ts'
import { StoredJob } from '../../src/jobs/stored-job.ts'
import { alterTable, startControlled } from '../support/control.ts'
import { seedJob } from '../support/server.ts'

const JOB_CONTENT = ['lifecycle', 'request', 'response'] as const
const REQUEST_CONTENT = ['headers', 'request', 'job', 'body_base64'] as const

/** The documents in a list of an answer. */
function listed(body: Readonly<Record<string, unknown>>, key: string): Record<string, unknown>[] {
  const list = body[key]
  return Array.isArray(list) ? list : []
}

function without(document: Record<string, unknown>, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(document).filter(([key]) => !keys.includes(key)))
}

t.test('brief=true omits what jobs and requests contain, and nothing else', async (t) => {
  const server = await startControlled(t, { seeds: [seedJob()] })
  await server.call('/create/job', alterTable('nightly'))
  await server.post('/get/job', { job_id: 77 })
  for (const [route, key, keys] of [
    ['/jobs', 'jobs', JOB_CONTENT],
    ['/requests', 'requests', REQUEST_CONTENT],
  ] as const) {
    const whole = await server.must(`GET ${route}?brief=false`)
    const brief = await server.must(`GET ${route}?brief=true`)
    t.equal(listed(whole, key).length, 2, 'there are some')
    for (const name of keys) t.ok(name in Object(listed(whole, key)[0]), name)
    t.strictSame(
      listed(brief, key),
      listed(whole, key).map((document) => without(document, keys)),
    )
    t.strictSame(brief['total'], whole['total'])
    t.match(await server.control(`GET ${route}?brief=yes`), {
      status: 400,
      body: { detail: /brief: expected true or false, got "yes"$/ },
    })
  }
})

t.test('order=newest has the newest first, page by page', async (t) => {
  const server = await startControlled(t)
  for (const tag of ['a', 'b', 'c', 'd', 'e']) await server.call('/create/job', alterTable(tag))
  const idsOf = async (route: string, key: string, id: string) =>
    listed(await server.must(`GET ${route}`), key).map((document) => document[id])
  for (const [path, key, id] of [
    ['/jobs', 'jobs', 'job_id'],
    ['/requests', 'requests', 'id'],
  ] as const) {
    const ids = (query: string) => idsOf(`${path}?${query}`, key, id)
    t.strictSame(await ids('order=newest'), [5, 4, 3, 2, 1])
    t.strictSame(await ids('order=oldest'), [1, 2, 3, 4, 5])
    t.strictSame(await ids('order=newest&limit=2'), [5, 4])
    t.strictSame(await ids('order=newest&limit=2&offset=2'), [3, 2])
    t.strictSame(await ids('order=newest&limit=2&offset=4'), [1])
    t.strictSame(await ids('order=newest&offset=9'), [])
    t.strictSame(await ids('order=newest&limit=0'), [])
    t.match(await server.control(`GET ${path}?order=new`), {
      status: 400,
      body: { detail: /order: expected one of oldest, newest, got "new"$/ },
    })
  }
})

t.test('brief lists show no secret that an error quotes', async (t) => {
  const server = await startControlled(t)
  const error = 'bad {{request.password}}'
  const endpoint = '/create/user/internal'
  await server.must('POST /rules', { when: { endpoint }, then: { error } })
  const lifecycle = { duration: 0, outcome: 'ERROR', error }
  await server.must('POST /rules', { when: { endpoint, as: 'job' }, then: { lifecycle } })
  const request = { name: 'bob', password: 'hush-hush', options: {} }
  await server.post(endpoint, request)
  const data_str = JSON.stringify(request)
  await server.call('/create/job', { endpoint, request_encoding: 'json', data_str })
  for (const [route, key] of [
    ['/jobs', 'jobs'],
    ['/requests', 'requests'],
  ] as const) {
    const brief = listed(await server.must(`GET ${route}?brief=true`), key)
    const errors = brief.map(({ error }) => error).filter((error) => error !== '')
    t.strictSame(errors, ['bad (redacted)'], route)
  }
})

t.test('brief lists cut a long error, with a mark', async (t) => {
  const server = await startControlled(t)
  const when = { endpoint: '/has/table' }
  const cases = [
    ['a'.repeat(500), 'a'.repeat(500)],
    ['a'.repeat(501), `${'a'.repeat(500)}…`],
    // A character of two units is not halved.
    [`${'a'.repeat(499)}\u{1f600}${'b'.repeat(300_000)}`, `${'a'.repeat(499)}…`],
    // What a secret would hide is hidden before the cut.
    [`password=${'x'.repeat(600)} failed`, 'password=(redacted) failed'],
  ] as const
  for (const [error] of cases) {
    const lifecycle = { duration: 0, outcome: 'ERROR', error }
    await server.must('POST /jobs', { endpoint: '/alter/table', lifecycle })
    const { id } = await server.must('POST /rules', { when, then: { error } })
    await server.post('/has/table', { table_name: 'a' })
    await server.must(`DELETE /rules/${id}`)
  }
  const errorsIn = async (path: string, key: string) =>
    listed(await server.must(`GET ${path}`), key).map(({ error }) => String(error))
  for (const [path, key] of [
    ['/jobs', 'jobs'],
    ['/requests', 'requests'],
  ] as const) {
    t.strictSame(
      await errorsIn(`${path}?brief=true`, key),
      cases.map(([, cut]) => cut),
    )
    const [, longer = ''] = await errorsIn(path, key)
    t.match(longer, /a{501}/, `${path} has the whole error`)
  }
  t.equal((await server.must('GET /jobs/3'))['error'], cases[2][0])
})

t.test('lists in process are brief and ordered in the same way', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen' })
  for (const tag of ['a', 'b']) mock.jobs.create({ tag, endpoint: '/alter/table' })
  const { jobs, total } = mock.jobs.list({ brief: true, order: 'newest', limit: 1 })
  t.strictSame([jobs.map(({ tag }) => tag), total], [['b'], 2])
  for (const key of JOB_CONTENT) t.notOk(key in Object(jobs[0]), key)
  t.strictSame(mock.jobs.list({ order: 'newest' }).jobs[0]?.lifecycle.cancel, 'immediate')
  const post = (path: string) => fetch(mock.url + path, { method: 'POST', body: '{}' })
  await post('/has/table')
  await post('/has/schema')
  const { requests } = mock.requests.list({ brief: true, order: 'newest' })
  t.strictSame(
    requests.map(({ endpoint }) => endpoint),
    ['/has/schema', '/has/table'],
  )
  for (const key of REQUEST_CONTENT) t.notOk(key in Object(requests[0]), key)
})

/** 12 jobs of two endpoints on two clusters; every fourth is DONE. */
function addMixedJobs({ jobs }: MockGpudb): void {
  for (let index = 0; index < 12; index += 1) {
    const { job_id } = jobs.create({
      tag: `job-${index}`,
      endpoint: index % 2 === 0 ? '/alter/table' : '/create/backup',
      cluster: index % 3 === 0 ? 'b' : 'a',
      lifecycle: { duration: '1h' },
    })
    if (index % 4 === 0) jobs.finish(job_id, { outcome: 'DONE' })
  }
}

t.test('a page of jobs is a part of those that the filter selects, in both orders', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen', ring: 2 })
  addMixedJobs(mock)
  const selections = [
    [{}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    [{ status: 'RUNNING' }, [1, 2, 3, 5, 6, 7, 9, 10, 11]],
    [{ status: 'DONE', cluster: 'a' }, [4, 8]],
    [{ endpoint: '/create/*' }, [1, 3, 5, 7, 9, 11]],
    [{ endpoint: '/alter/table', status: 'RUNNING', cluster: 'b' }, [6]],
    [{ tag: 'job-5' }, [5]],
    [{ tag: 'job-99' }, []],
    [{ tag: 'job-8', status: 'DONE', cluster: 'a' }, [8]],
    [{ tag: 'job-8', status: 'RUNNING' }, []],
  ] as const
  for (const [filter, selected] of selections) {
    const tags = selected.map((index) => `job-${index}`)
    const page = (part: object) => {
      const { jobs, total } = mock.jobs.list({ ...filter, ...part })
      t.equal(total, tags.length)
      return jobs.map(({ tag }) => tag)
    }
    t.strictSame(page({}), tags)
    for (const [limit, offset] of PARTS) {
      const end = offset + limit
      t.strictSame(page({ limit, offset }), tags.slice(offset, end))
      const newest = [...tags].reverse().slice(offset, end)
      t.strictSame(page({ limit, offset, order: 'newest' }), newest)
    }
  }
})

/** Limits and offsets. */
const PARTS = [0, 1, 3, 100].flatMap((limit) =>
  [0, 1, 4, 100].map((offset) => [limit, offset] as const),
)

t.test('a page of jobs describes no others', async (t) => {
  await using mock = await startMockGpudb({ clock: 'frozen' })
  for (let index = 0; index < 500; index += 1) mock.jobs.create({ endpoint: '/alter/table' })
  const { view } = StoredJob.prototype
  const views = t.capture(StoredJob.prototype, 'view', view)
  for (const filter of [{}, { status: 'RUNNING' }, { endpoint: '/alter/*' }] as const) {
    for (const order of ['oldest', 'newest'] as const) {
      mock.jobs.list({ ...filter, order, brief: true, limit: 3 })
      t.equal(views().length, 3, `${order} ${JSON.stringify(filter)}`)
    }
  }
  t.strictSame(
    mock.clusters.list().map(({ jobs }) => jobs),
    [500],
  )
  t.strictSame(views(), [], 'the number of jobs of a cluster needs no view')
})

t.test('a list by tag looks at no other jobs', async (t) => {
  const clusters = [
    { name: 'a', host: 'localhost' },
    { name: 'b', host: '127.0.0.1' },
  ]
  await using mock = await startMockGpudb({
    clock: 'frozen',
    fixtures: [{ ring: { clusters, jobs: 'own' } }],
  })
  const { jobs } = mock
  const endpoint = '/alter/table'
  const made = jobs.create({ endpoint, cluster: 'a' })
  jobs.create({ endpoint, cluster: 'b', tag: made.tag })
  for (const cluster of ['a', 'b']) jobs.create({ endpoint, cluster, tag: 'nightly' })
  jobs.create({ endpoint, tag: 'other' })
  const values = t.capture(JobTable.prototype, 'values')
  const idsOf = (filter: Parameters<typeof jobs.list>[0]) =>
    jobs.list({ brief: true, ...filter }).jobs.map(({ job_id }) => Number(job_id))
  t.strictSame(idsOf({ tag: made.tag }), [1, 2])
  t.strictSame(idsOf({ tag: made.tag, order: 'newest', limit: 1 }), [2])
  t.strictSame(idsOf({ tag: 'nightly' }), [3, 4])
  t.strictSame(idsOf({ tag: 'nightly', cluster: 'b' }), [4])
  t.strictSame(idsOf({ tag: 'other', endpoint: '/alter/*', status: 'RUNNING' }), [5])
  t.strictSame(idsOf({ tag: 'missing' }), [])
  t.strictSame(values(), [])
})

t.test('scopes and the report count the same unmatched requests', async (t) => {
  const server = await startControlled(t, { journal: { maxRequests: 2, maxBytes: 10_000 } })
  const counts = async () => {
    const { scopes } = await server.must('GET /scopes')
    const [scope] = Array.isArray(scopes) ? scopes : []
    const report = await server.must('GET /report')
    return [Object(scope).unmatched, Object(report['counts']).unmatched]
  }
  t.strictSame(await counts(), [0, 0])
  for (let sent = 0; sent < 3; sent += 1) await server.post('/has/table', { table_name: 'a' })
  t.strictSame(await counts(), [3, 3])
  await server.post('/show/system/status', {})
  t.strictSame(await counts(), [3, 3], 'also those that the journal has dropped')
  await server.post('/show/system/status', {})
  const { body } = await server.control('GET /report?fail=true&checks=unmatched')
  t.equal(body['detail'], 'The scope default is not clean: 3 unmatched requests')
  await server.must('DELETE /requests')
  t.strictSame(await counts(), [0, 0])
  await server.post('/has/table', { table_name: 'a' })
  t.strictSame(await counts(), [1, 1])
  await server.must('POST /reset')
  t.strictSame(await counts(), [0, 0])
})
