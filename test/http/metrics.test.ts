import t from 'tap'
import { MAX_COUNTED_SCOPES } from '../../src/calls/call-counts.ts'
import { packageVersion } from '../../src/http/package-version.ts'
import { alterTable, type Controlled, startControlled } from '../support/control.ts'
import { faultsOf } from '../support/faults.ts'
import { sendHttp } from '../support/http.ts'
import { type MetricFamilies, type MetricSample, readMetrics } from '../support/prometheus-text.ts'
import { loadRules } from '../support/rules.ts'
import { countsOf, ENCODINGS, seedJob } from '../support/server.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

const NO_TABLE = { table_name: 'no', options: {} }

async function scrape({ port }: Pick<Controlled, 'port'>): Promise<MetricFamilies> {
  const { status, headers, body } = await sendHttp(port, { path: '/__mock/metrics' })
  const type = headers['content-type']
  if (status !== 200) throw new Error(`${status}: ${body}`)
  if (type !== 'text/plain; version=0.0.4; charset=utf-8') throw new Error(`it has type ${type}`)
  return readMetrics(body.toString('utf8'))
}

/** The lines of a metric as `label=value,… number`, in alphabetical order. */
function shown(families: MetricFamilies, name: string): string[] {
  const samples = families.get(`mock_gpudb_${name}`)?.samples ?? []
  return samples.map(showSample).sort()
}

function showSample({ labels, value }: MetricSample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}=${text}`)
  return `${pairs.join(',')} ${value}`.trim()
}

/** The lines of a metric that are not 0. */
function counted(families: MetricFamilies, name: string): string[] {
  return shown(families, name).filter((line) => !/(^| )0$/.test(line))
}

function postTo({ port }: Controlled, path: string, body = '{}') {
  return sendHttp(port, { method: 'POST', path, headers: JSON_TYPE, body })
}

/** The names of the metrics of a mock, and their labels. */
const METRICS = {
  build_info: ['version'],
  clock_mode: ['mode'],
  faults_total: ['kind'],
  jobs: ['status'],
  jobs_created_total: ['endpoint'],
  journal_dropped_total: [],
  log_dropped_total: [],
  request_duration_seconds: ['le'],
  requests_total: ['encoding', 'endpoint', 'status'],
  rule_hits_total: [],
  scopes: [],
  scopes_evicted_total: [],
  undecodable_requests_total: [],
  unmatched_requests_total: [],
}

function labelsOf(samples: readonly MetricSample[]): string[] {
  return [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))].sort()
}

t.test('a scrape has the metrics of the mock and of its process', async (t) => {
  const server = await startControlled(t, { seeds: [seedJob({ id: 7n })] })
  await server.post('/has/table', NO_TABLE)
  const families = await scrape(server)
  const names = [...families.keys()]
  t.strictSame(
    names.filter((name) => !name.startsWith('mock_gpudb_')),
    [],
  )
  const own = names
    .map((name) => name.replace('mock_gpudb_', ''))
    .filter((name) => !/^(?:process|nodejs)_/.test(name))
  t.strictSame(own.sort(), Object.keys(METRICS))
  for (const [name, labels] of Object.entries(METRICS)) {
    const { samples = [], type } = families.get(`mock_gpudb_${name}`) ?? {}
    t.strictSame(labelsOf(samples), labels, name)
    if (name.endsWith('_total')) t.equal(type, 'counter', name)
  }
  t.strictSame(shown(families, 'build_info'), [`version=${packageVersion()} 1`])
  t.ok(families.has('mock_gpudb_process_cpu_seconds_total'))
  t.ok(families.has('mock_gpudb_nodejs_heap_size_used_bytes'))
})

t.test('requests are counted by endpoint, encoding and status', async (t) => {
  const server = await startControlled(t, { seeds: [seedJob({ id: 7n })] })
  for (const encoding of ENCODINGS) await server.ask(encoding, '/get/job', { job_id: 7n })
  await server.ask('json', '/get/job', { job_id: 7n })
  await server.ask('json', '/get/job', { job_id: 8n })
  await server.ask('binary', '/has/table', {})
  await postTo(server, '/gpudb-0/get/job?x=1', '{"job_id": 7}')
  await sendHttp(server.port, {
    ...{ method: 'POST', path: '/get/job', body: '{}' },
    headers: { 'content-type': 'text/html' },
  })
  const families = await scrape(server)
  t.strictSame(shown(families, 'requests_total'), [
    'endpoint=/get/job,encoding=binary,status=200 1',
    'endpoint=/get/job,encoding=json,status=200 3',
    'endpoint=/get/job,encoding=json,status=400 1',
    'endpoint=/get/job,encoding=none,status=400 1',
    'endpoint=/get/job,encoding=snappy,status=200 1',
    'endpoint=/has/table,encoding=binary,status=200 1',
  ])
  t.strictSame(shown(families, 'undecodable_requests_total'), ['1'])
  const { samples = [] } = families.get('mock_gpudb_request_duration_seconds') ?? {}
  const values = new Map(samples.map(({ name, value }) => [name, value]))
  t.equal(values.get('mock_gpudb_request_duration_seconds_count'), 8)
  t.ok(Number(values.get('mock_gpudb_request_duration_seconds_sum')) > 0)
})

t.test('what is no request of a scope is not counted', async (t) => {
  const server = await startControlled(t)
  await sendHttp(server.port, { path: '/' })
  await sendHttp(server.port, { method: 'OPTIONS', path: '/get/job' })
  await postTo(server, '/~suite-a/nowhere')
  await server.must('GET /jobs')
  t.strictSame(shown(await scrape(server), 'requests_total'), [])
})

t.test('labels have no text of a client', async (t) => {
  const server = await startControlled(t)
  const paths = ['/nowhere', '/x"} 1', '/a%0Ab', '/constructor', '/__proto__', '/alter/table/x']
  for (const path of paths) await postTo(server, encodeURI(path))
  await server.control('POST /jobs', { endpoint: '/nowhere' })
  const families = await scrape(server)
  t.strictSame(shown(families, 'requests_total'), ['endpoint=other,encoding=json,status=404 6'])
  t.strictSame(shown(families, 'jobs_created_total'), [])
})

t.test('a status that HTTP does not know is other, one that did not leave is none', async (t) => {
  const server = await startControlled(t, {
    faults: faultsOf(
      { when: { endpoint: '/has/table' }, fault: { http: { status: 599 } } },
      { when: { endpoint: '/has/role' }, fault: { http: { status: 588 } } },
      { when: { endpoint: '/has/schema' }, fault: { http: { status: 502 } } },
      { when: { endpoint: '/has/proc' }, fault: 'reset' },
    ),
  })
  for (const endpoint of ['/has/table', '/has/role', '/has/schema']) await postTo(server, endpoint)
  await t.rejects(postTo(server, '/has/proc'))
  t.strictSame(shown(await scrape(server), 'requests_total'), [
    'endpoint=/has/proc,encoding=json,status=none 1',
    'endpoint=/has/role,encoding=json,status=other 1',
    'endpoint=/has/schema,encoding=json,status=502 1',
    'endpoint=/has/table,encoding=json,status=other 1',
  ])
})

t.test('faults are counted by what they did, also to the root', async (t) => {
  const server = await startControlled(t, {
    faults: faultsOf(
      { when: { endpoint: '/has/table' }, delay: 0 },
      { when: { endpoint: '/has/role' }, fault: 'empty', delay: 0 },
      { when: { endpoint: '/has/role' }, fault: { http: { status: 503 } } },
      { when: { endpoint: '/has/proc' }, fault: 'empty', at: 'request' },
      { when: { endpoint: '/has/schema' }, fault: { cut: { after: 1 } }, delay: '1s' },
      { when: { endpoint: '/' }, fault: 'empty' },
    ),
  })
  for (const endpoint of ['/has/table', '/has/role', '/has/proc']) await postTo(server, endpoint)
  const late = postTo(server, '/has/schema').catch(() => undefined)
  await server.waitedIn()
  await server.must('POST /clock/advance', { by: '1s' })
  await late
  await sendHttp(server.port, { path: '/' })
  const families = await scrape(server)
  t.strictSame(counted(families, 'faults_total'), ['kind=cut 1', 'kind=delay 2', 'kind=empty 3'])
  t.equal(shown(families, 'faults_total').length, 11)
})

t.test('unmatched requests and answers of rules are counted', async (t) => {
  const rules = loadRules(
    t,
    `
- { when: { endpoint: /has/table }, then: {} }
- { when: { endpoint: /alter/table, as: job }, then: {} }
- { when: { endpoint: /has/role }, then: { error: not today } }`,
  )
  const server = await startControlled(t, { rules })
  for (const endpoint of ['/has/table', '/has/role', '/alter/table']) {
    await server.ask('json', endpoint, {})
  }
  await server.call('/create/job', alterTable('mine'))
  const families = await scrape(server)
  t.strictSame(shown(families, 'rule_hits_total'), ['3'])
  t.strictSame(shown(families, 'unmatched_requests_total'), ['1'])
})

t.test('jobs are counted by status, and as created whoever creates them', async (t) => {
  const server = await startControlled(t, { seeds: [seedJob({ id: 7n }), seedJob({ id: 8n })] })
  await server.call('/create/job', alterTable('mine'))
  const lifecycle = { duration: '10s' }
  await server.must('POST /jobs', { job_id: 20, endpoint: '/create/backup', lifecycle })
  await server.must('POST /jobs/7/finish', { outcome: 'ERROR' })
  await server.must('POST /jobs/20/finish', { outcome: 'CANCELLED' })
  const before = await scrape(server)
  t.strictSame(shown(before, 'jobs'), [
    'status=CANCELLED 1',
    'status=DONE 0',
    'status=ERROR 1',
    'status=RUNNING 2',
  ])
  t.strictSame(counted(before, 'jobs_created_total'), [
    'endpoint=/alter/table 3',
    'endpoint=/create/backup 1',
  ])
  // Time alone ends jobs; a scrape sees it.
  server.time.pass(0)
  await server.must('POST /clock', { mode: 'real' })
  server.time.pass(60_000)
  await server.must('PATCH /jobs/8', { progress: 50 }).catch(() => undefined)
  await server.must('DELETE /jobs/20')
  t.strictSame(shown(await scrape(server), 'jobs'), [
    'status=CANCELLED 0',
    'status=DONE 2',
    'status=ERROR 1',
    'status=RUNNING 0',
  ])
})

t.test('counters survive what is reset, removed, evicted and dropped', async (t) => {
  const server = await startControlled(t, {
    maxScopes: 2,
    seeds: [seedJob({ id: 7n })],
    journal: { maxRequests: 1, maxBytes: 1_000_000 },
    faults: faultsOf({ when: { endpoint: '/has/role' }, delay: 0 }),
    rules: loadRules(t, '- { when: { endpoint: /has/table }, then: {} }'),
  })
  const use = async (scope: string) => {
    for (const endpoint of ['/has/table', '/has/role', '/nowhere']) {
      await postTo(server, scope + endpoint)
    }
  }
  await use('')
  await use('/~suite-a')
  await use('/~suite-b')
  const before = await scrape(server)
  await server.must('DELETE /scopes/suite-b')
  await server.must('POST /reset')
  await server.must('DELETE /requests')
  await server.must('DELETE /rules')
  await server.must('DELETE /faults')
  const after = await scrape(server)
  const totals = [...before.keys()].filter((name) =>
    /^mock_gpudb_(?!process|nodejs).*_total$/.test(name),
  )
  t.equal(totals.length, 9)
  const same = totals
    .map((name) => name.replace('mock_gpudb_', ''))
    .filter((name) => name !== 'jobs_created_total')
  for (const name of same) t.strictSame(shown(after, name), shown(before, name), name)
  t.strictSame(shown(after, 'scopes_evicted_total'), ['1'])
  t.strictSame(shown(after, 'scopes'), ['1'])
  t.strictSame(shown(after, 'journal_dropped_total'), ['6'])
  t.strictSame(
    shown(after, 'faults_total').filter((it) => it.includes('delay')),
    ['kind=delay 3'],
  )
  t.strictSame(shown(after, 'jobs'), [
    'status=CANCELLED 0',
    'status=DONE 0',
    'status=ERROR 0',
    'status=RUNNING 1',
  ])
  // Three scopes, and the reset.
  t.strictSame(shown(after, 'jobs_created_total'), ['endpoint=/alter/table 4'])
})

t.test('a journal that keeps nothing drops all', async (t) => {
  const server = await startControlled(t, { journal: { maxRequests: 0, maxBytes: 0 } })
  await server.post('/has/table', NO_TABLE)
  t.strictSame(shown(await scrape(server), 'journal_dropped_total'), ['1'])
})

t.test('clocks are counted by mode', async (t) => {
  const server = await startControlled(t)
  await server.must('POST /clock', { mode: 'scaled', scale: 10 }, 'suite-a')
  await server.must('GET /clock', undefined, 'suite-a')
  t.strictSame(shown(await scrape(server), 'clock_mode'), [
    'mode=auto 0',
    'mode=frozen 1',
    'mode=real 0',
    'mode=scaled 1',
  ])
})

t.test('dropped lines of the log are counted', async (t) => {
  const write = () => undefined
  const logging = { level: 'warn', format: 'json', write, dropped: () => 3 } as const
  const server = await startControlled(t, { logging })
  t.strictSame(shown(await scrape(server), 'log_dropped_total'), ['3'])
})

t.test('with metricsScopes, requests, jobs and clocks have a scope', async (t) => {
  const server = await startControlled(t, { metricsScopes: true, seeds: [seedJob({ id: 7n })] })
  await server.post('/has/table', NO_TABLE)
  await server.post('/~suite-a/has/table', NO_TABLE)
  await server.must('POST /clock', { mode: 'auto' }, 'suite-a')
  const families = await scrape(server)
  t.strictSame(shown(families, 'requests_total'), [
    'scope=default,endpoint=/has/table,encoding=json,status=200 1',
    'scope=suite-a,endpoint=/has/table,encoding=json,status=200 1',
  ])
  t.strictSame(counted(families, 'jobs'), [
    'scope=default,status=RUNNING 1',
    'scope=suite-a,status=RUNNING 1',
  ])
  t.strictSame(counted(families, 'clock_mode'), [
    'scope=default,mode=frozen 1',
    'scope=suite-a,mode=auto 1',
  ])
  await server.must('DELETE /scopes/suite-a')
  const after = await scrape(server)
  t.strictSame(shown(after, 'requests_total'), shown(families, 'requests_total'))
  t.strictSame(counted(after, 'jobs'), ['scope=default,status=RUNNING 1'])
})

t.test('so many scopes have counters of their own, the others share some', async (t) => {
  const counts = countsOf({ metricsScopes: true })
  const server = await startControlled(t, { counts, maxScopes: 2 })
  await server.post('/has/table', NO_TABLE)
  const [call] = server.scope.journal.list()
  for (let index = 0; index < MAX_COUNTED_SCOPES + 5; index += 1) {
    const scope = Object.create(server.scope, { name: { value: `suite-${index}` } })
    if (call) counts.answered({ ...NO_CALL, scope }, call)
  }
  await server.post('/has/table', NO_TABLE)
  const lines = shown(await scrape(server), 'requests_total')
  t.equal(lines.length, MAX_COUNTED_SCOPES + 1)
  t.ok(lines.includes('scope=default,endpoint=/has/table,encoding=json,status=200 2'))
  t.ok(lines.includes('scope=(other),endpoint=/has/table,encoding=json,status=200 6'))
})

/** A call of which only the scope is missing. */
const NO_CALL = {
  ...{ method: 'POST', endpoint: '/has/table', headers: {}, query: '', body: Buffer.alloc(0) },
  ...{ sourceIp: '', cluster: 'a', elapsedMs: 0, recorded: () => undefined },
}

t.test('durations beyond the last bucket count too', async (t) => {
  const counts = countsOf()
  const server = await startControlled(t, { counts })
  for (const ms of [0, 0.1, 0.2, 10_000, 20_000]) counts.durations.observe(ms)
  const { samples = [] } = (await scrape(server)).get('mock_gpudb_request_duration_seconds') ?? {}
  const at = (le: string) => samples.find(({ labels }) => labels['le'] === le)?.value
  t.strictSame(['0.0001', '0.00025', '5', '10', '+Inf'].map(at), [2, 3, 3, 4, 5])
  t.strictSame(
    samples.slice(-2).map(({ value }) => value),
    [30.0003, 5],
  )
})

t.test('scrapes at the same time are whole', async (t) => {
  const server = await startControlled(t)
  await server.post('/has/table', NO_TABLE)
  const all = await Promise.all([scrape(server), scrape(server), scrape(server)])
  for (const families of all) {
    t.strictSame(shown(families, 'requests_total'), [
      'endpoint=/has/table,encoding=json,status=200 1',
    ])
  }
})

t.test('with a token, a scrape needs it', async (t) => {
  const server = await startControlled(t, { access: { users: [], tokens: ['hush'] } })
  const ask = (headers: Record<string, string>) =>
    sendHttp(server.port, { path: '/__mock/metrics', headers })
  t.equal((await ask({})).status, 401)
  t.equal((await ask({ authorization: 'Bearer no' })).status, 401)
  const { status, body } = await ask({ authorization: 'Bearer hush' })
  t.equal(status, 200)
  t.ok(readMetrics(body.toString()).has('mock_gpudb_requests_total'))
})

t.test('scopes have the metrics of the whole mock', async (t) => {
  const server = await startControlled(t)
  const { status, body } = await sendHttp(server.port, { path: '/~suite-a/__mock/metrics' })
  t.equal(status, 200)
  t.strictSame(shown(readMetrics(body.toString()), 'scopes'), ['1'])
})

t.test('the verbose health has numbers only', async (t) => {
  const fixtures = {
    jobs: [{ job_id: 1, endpoint: '/alter/table' }],
    rules: [{ when: { endpoint: '/has/table' }, then: {} }],
  }
  const server = await startControlled(t, {
    access: { users: [], tokens: ['hush'] },
    fixtures: [fixtures, { faults: [{ fault: 'reset', when: { endpoint: '/has/role' } }] }],
  })
  const ask = async (query: string) => {
    const { status, body } = await sendHttp(server.port, { path: `/__mock/health${query}` })
    return { status, body: JSON.parse(body.toString()) }
  }
  t.strictSame(await ask(''), { status: 200, body: { status: 'ok' } })
  t.strictSame(await ask('?verbose=false'), { status: 200, body: { status: 'ok' } })
  const details = {
    status: 'ok',
    version: packageVersion(),
    node: process.versions.node,
    fixtures: { files: 0, jobs: 0, rules: 0, faults: 0, tables: 0, timeline: 0 },
    scopes: 1,
    jobs: { RUNNING: 0, DONE: 0, ERROR: 0, CANCELLED: 0 },
  }
  const { body } = await ask('?verbose=true')
  const { uptime_ms: uptimeMs, ...others } = body
  t.ok(Number.isInteger(uptimeMs) && uptimeMs >= 0)
  t.strictSame(others, details)
  server.mock.reload()
  server.mock.scopes.open('suite-a')
  const { uptime_ms: _, ...reloaded } = (await ask('?verbose=true')).body
  t.strictSame(reloaded, {
    ...details,
    fixtures: { files: 2, jobs: 1, rules: 1, faults: 1, tables: 0, timeline: 0 },
    scopes: 2,
    jobs: { RUNNING: 2, DONE: 0, ERROR: 0, CANCELLED: 0 },
  })
  t.match(await ask('?verbose=yes'), { status: 400, body: { code: 'BAD_REQUEST' } })
  t.match(await ask('?verbos=true'), { status: 400, body: { code: 'BAD_REQUEST' } })
})

t.test('what a cluster that does not work has answered is not undecodable', async (t) => {
  const server = await startControlled(t)
  const send = async (path: string) => {
    const { status } = await postTo(server, path, 'no JSON').catch(() => ({ status: 0 }))
    return status
  }
  const undecodable = async () => {
    const { counts } = await server.must('GET /report?checks=undecodable')
    return [shown(await scrape(server), 'undecodable_requests_total'), counts]
  }
  const statuses: number[] = []
  for (const state of ['down', 'offline', 'draining', 'stopping', 'proxy_down']) {
    await server.must('PATCH /clusters/a', { state })
    statuses.push(await send('/nowhere'), await send('/has/table'))
  }
  t.strictSame(statuses, [0, 0, 503, 503, 400, 400, 400, 400, 502, 502])
  t.match(await undecodable(), [['0'], { undecodable: 0 }])
  t.strictSame(shown(await scrape(server), 'requests_total'), [
    'endpoint=/has/table,encoding=json,status=400 2',
    'endpoint=/has/table,encoding=json,status=502 1',
    'endpoint=/has/table,encoding=json,status=503 1',
    'endpoint=/has/table,encoding=json,status=none 1',
    'endpoint=other,encoding=json,status=400 2',
    'endpoint=other,encoding=json,status=502 1',
    'endpoint=other,encoding=json,status=503 1',
    'endpoint=other,encoding=json,status=none 1',
  ])
  t.strictSame(server.logged, [])
  await server.must('PATCH /clusters/a', { state: 'up' })
  t.strictSame([await send('/nowhere'), await send('/has/table')], [404, 400])
  t.match(await undecodable(), [['2'], { undecodable: 2 }])
})
