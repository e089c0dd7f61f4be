import { readFileSync } from 'node:fs'
import t from 'tap'
import type { FixtureFault } from '../../src/fixture-format/fault-format.ts'
import { createLog, type Logging } from '../../src/http-parts/logging.ts'
import { ringOf } from '../../src/scope/ring.ts'
import { alterTable, startControlled } from '../support/control.ts'
import { faultsOf } from '../support/faults.ts'
import { sendHttp } from '../support/http.ts'
import { loadRules, ruleOf } from '../support/rules.ts'
import type { TestServerOptions } from '../support/server.ts'
import { sendBytes } from '../support/socket.ts'

const TRACE_PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

/** A server that logs, and what it has logged. */
async function startLogging(
  test: Parameters<typeof startControlled>[0],
  {
    format = 'json',
    level = 'info',
    ...options
  }: TestServerOptions & Partial<Omit<Logging, 'write'>> = {},
) {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const server = await startControlled(test, { ...options, logging: { level, format, write } })
  /** The lines since the last call, without that the server listens. */
  const take = () => lines.splice(0).filter((line) => !line.includes('listening'))
  const records = () => take().map((line): Record<string, unknown> => JSON.parse(line))
  take()
  return { ...server, take, records }
}

function without(record: Record<string, unknown> | undefined, ...keys: string[]): unknown {
  const entries = Object.entries(record ?? {})
  return Object.fromEntries(entries.filter(([key]) => !keys.includes(key)))
}

/** The fields of requests in the table of the page about the log. */
function documentedFields(): string[] {
  const page = readFileSync(new URL('../../docs/log.md', import.meta.url), 'utf8')
  const [, cells = ''] = /\n## Requests\n(.*?)\n## /s.exec(page) ?? []
  const rows = Array.from(cells.matchAll(/^\| (`[^|]*`) \|/gm), ([, cell = '']) => cell)
  return rows.flatMap((cell) => Array.from(cell.matchAll(/`(\w+)`/g), ([, name = '']) => name))
}

/** Fields that differ in each run. */
const VOLATILE = ['time', 'pid', 'hostname', 'msg', 'duration_ms', 'level']

t.test(
  'a line of a call has fields for the scope, the outcome, the rule and the job',
  async (t) => {
    const rules = loadRules(
      t,
      `
- { name: slow, when: { endpoint: /alter/table, as: job }, then: {} }
- { name: no, when: { endpoint: /has/table }, then: { error: not today } }
- { name: role, when: { endpoint: /has/role }, then: {} }`,
    )
    const when = { endpoint: '/has/role' }
    const faults = faultsOf(
      { name: 'late', when, delay: 0 },
      { name: 'broken', when, fault: 'reset' },
    )
    const server = await startLogging(t, { rules, faults, ring: ringOf(2) })
    const seen = new Set<string>()
    const field = async () => {
      const [line, ...more] = server.records()
      for (const key of Object.keys(line ?? {})) seen.add(key)
      t.strictSame(more, [])
      t.type(line?.['duration_ms'], 'number')
      t.equal(line?.['level'], 30)
      return without(line, ...VOLATILE)
    }
    const call = { method: 'POST', scope: 'default', cluster: 'a', encoding: 'json' }
    const job = { job_id: '1', job_endpoint: '/alter/table' }

    await server.call('/create/job', alterTable('mine'))
    const created = { ...call, url: '/create/job', endpoint: '/create/job', status: 200 }
    t.strictSame(await field(), { ...created, rule: 'slow', ...job })

    await server.call('/~suite-a/get/job', { job_id: 1 }).catch(() => undefined)
    const other = { ...call, scope: 'suite-a', url: '/~suite-a/get/job', endpoint: '/get/job' }
    const error = 'Cannot find job 1: it was never created, or is gone'
    t.strictSame(await field(), { ...other, status: 400, error })

    await server.ask('binary', '/get/job', { job_id: 1n })
    const polled = { ...call, url: '/get/job', endpoint: '/get/job', encoding: 'binary' }
    t.strictSame(await field(), { ...polled, status: 200, ...job })

    await server.ask('json', '/has/table', {})
    const refused = { ...call, url: '/has/table', endpoint: '/has/table', status: 400 }
    t.strictSame(await field(), { ...refused, rule: 'no', error: 'not today' })

    await t.rejects(server.ask('json', '/has/role', {}))
    const reset = { ...call, url: '/has/role', endpoint: '/has/role', status: 0 }
    t.strictSame(await field(), { ...reset, rule: 'role', fault: 'late, broken' })

    const headers = { traceparent: TRACE_PARENT }
    await sendHttp(server.port, { path: '/', headers })
    t.strictSame(await field(), { method: 'GET', url: '/', status: 200, ...headers })
    const everywhere = ['level', 'time', 'pid', 'hostname', 'msg']
    t.strictSame([...seen].sort(), [...everywhere, ...documentedFields()].sort())
  },
)

t.test('a traceparent that is well-formed is in lines and warnings', async (t) => {
  const server = await startLogging(t, { level: 'info' })
  const send = async (traceparent: string | string[]) => {
    await sendHttp(server.port, {
      ...{ method: 'POST', path: '/get/job', body: '{' },
      headers: { 'content-type': 'application/json', traceparent },
    })
    return server.records().map((line) => line['traceparent'])
  }
  t.strictSame(await send(TRACE_PARENT), [TRACE_PARENT, TRACE_PARENT])
  const { requests } = await server.must('GET /requests')
  t.match(requests, [{ headers: { traceparent: TRACE_PARENT } }])
  server.records()
  const malformed = [
    '',
    'x',
    TRACE_PARENT.toUpperCase(),
    `${TRACE_PARENT}-x`,
    TRACE_PARENT.replace('00-', 'ff-'),
    TRACE_PARENT.replace(/-\w{32}-/, `-${'0'.repeat(32)}-`),
    TRACE_PARENT.replace(/-\w{16}-/, `-${'0'.repeat(16)}-`),
    [TRACE_PARENT, TRACE_PARENT],
  ]
  for (const one of malformed) t.strictSame(await send(one), [undefined, undefined])
})

t.test('the line of a GET of the root has the status that left', async (t) => {
  const cases: readonly [fault: NonNullable<FixtureFault['fault']>, status: number][] = [
    ['reset', 0],
    ['close', 0],
    ['garbage', 0],
    [{ hang: { for: 0 } }, 0],
    [{ cut: { after: 30, part: 'head' } }, 0],
    [{ cut: { after: 5 } }, 200],
    [{ slow: { rate: 1000 } }, 200],
    [{ chunks: 'no_end' }, 200],
    ['empty', 200],
    [{ http: { status: 503 } }, 503],
  ]
  for (const method of ['GET', 'HEAD']) {
    for (const [fault, status] of cases) {
      const faults = faultsOf({ when: { endpoint: '/' }, fault })
      const server = await startLogging(t, { faults })
      const request = `${method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
      await sendBytes(server.port, request).catch(() => '')
      const [line, ...more] = server.records()
      t.match(line, { method, url: '/', status }, JSON.stringify(fault))
      t.match(line?.['msg'], new RegExp(`^${method} / ${status} in `))
      t.strictSame(more, [])
    }
  }
})

t.test(
  'a control request whose path cannot be decoded has a line, as others that are refused',
  async (t) => {
    for (const serves of ['both', 'control'] as const) {
      const server = await startLogging(t, { serves })
      for (const [url, status] of [
        ['/__mock/%zz', 400],
        ['/~a/__mock/jobs/%zz?x=%C3', 400],
        ['/__mock/no', 404],
      ] as const) {
        await sendHttp(server.port, { path: url, headers: { traceparent: TRACE_PARENT } })
        const [line, ...more] = server.records()
        t.strictSame(without(line, ...VOLATILE), {
          method: 'GET',
          url,
          status,
          traceparent: TRACE_PARENT,
        })
        t.match(line?.['msg'], `GET ${url} ${status} in `)
        t.strictSame(more, [])
      }
    }
    const silent = await startLogging(t, { level: 'warn' })
    await sendHttp(silent.port, { path: '/__mock/%zz' })
    t.strictSame(silent.records(), [])
  },
)

t.test('in console form, a call is one readable line', async (t) => {
  const rules = loadRules(t, '- { name: slow, when: { endpoint: /alter/table }, then: {} }')
  const server = await startLogging(t, { rules, format: 'console' })
  await server.call('/create/job', alterTable('mine'))
  await server.post('/get/job', { job_id: 7 })
  const headers = { 'content-type': 'text/html' }
  await sendHttp(server.port, { method: 'POST', path: '/get/job', headers, body: '{}' })
  const lines = server.take().filter((line) => line.includes('INFO'))
  t.match(
    lines[0],
    /^\[[\d:.]+\] INFO: POST \/create\/job 200 in \d+\.\d ms \(scope default, json, rule slow, job 1 of \/alter\/table\)\n$/,
  )
  t.match(lines[1], / \(scope default, json\): Cannot find job 7: .*\n$/)
  t.match(lines[2], / \(scope default\): Cannot read a body of type text\/html: .*\n$/)
})

t.test('a warning names the scope, the journal id and the reason', async (t) => {
  const rules = loadRules(
    t,
    `
- name: near
  when: { endpoint: /alter/table, request: { options: { batch_size: "1000" } } }
  then: {}`,
  )
  const reason =
    'the nearest rule is near; request.options.batch_size: expected "1000", ' +
    'got nothing, but it has batchsize'
  const options = { batchsize: '1000' }
  const fields = { table_name: 'orders', action: 'ttl', value: '5', options }
  for (const strict of [false, true]) {
    const server = await startLogging(t, { rules, strict, level: 'warn' })
    await server.post('/~suite-a/show/system/status', {})
    await server.post('/~suite-a/alter/table', fields)
    await server.post('/~suite-a/create/job', {
      endpoint: '/alter/table',
      request_encoding: 'json',
      data_str: JSON.stringify(fields),
    })
    const [direct, job, ...more] = server.records()
    const shared = { scope: 'suite-a' }
    t.strictSame(without(direct, 'time', 'pid', 'hostname'), {
      ...shared,
      level: 40,
      request: 2,
      endpoint: '/alter/table',
      reason: `Cannot match /alter/table: ${reason}`,
      msg: `request 2 of scope suite-a: Cannot match /alter/table: ${reason}`,
    })
    t.match(job, {
      request: 3,
      endpoint: '/create/job',
      reason: `Cannot match /alter/table as a job: ${reason}`,
    })
    t.strictSame(more, [])
    const { requests } = await server.must('GET /requests?after=1', undefined, 'suite-a')
    const nearest = { rule: 'near', reason: reason.replace('the nearest rule is near; ', '') }
    t.match(requests, [{ nearest }, { nearest }])
    const { unmatched } = await server.must('GET /report', undefined, 'suite-a')
    t.match(unmatched, [
      { id: 2, nearest },
      { id: 3, nearest },
    ])
  }
})

t.test('a strict scope without rules logs that it has no rules', async (t) => {
  const server = await startLogging(t, { strict: true, level: 'warn' })
  await server.ask('json', '/alter/table', { table_name: 'orders' })
  const [line] = server.records()
  t.equal(line?.['reason'], 'Cannot match /alter/table: there are no rules')
  const { requests } = await server.must('GET /requests')
  t.match(requests, [{ nearest: null }])
})

t.test('a request that cannot be read is a warning, one without credentials is not', async (t) => {
  const access = { users: ['ann:hush'] }
  const server = await startLogging(t, { level: 'warn', bodyLimit: 100, access })
  const authorization = `Basic ${Buffer.from('ann:hush').toString('base64')}`
  const send = (body: string | Buffer, headers: Record<string, string> = {}, path = '/get/job') =>
    sendHttp(server.port, {
      ...{ method: 'POST', path, body },
      headers: { 'content-type': 'application/json', authorization, ...headers },
    })
  await send('{')
  await send('x', { 'content-type': 'application/octet-stream' })
  await send('x', { 'content-type': 'application/x-snappy' })
  await send('{}', { 'content-type': 'text/html' })
  await send(' '.repeat(101))
  await send('{}', {}, '/kinetica/get/job')
  t.match(
    server.records().map((line) => [line['request'], line['reason']]),
    [
      [1, /^Cannot read the body as JSON: /],
      [2, /^Cannot read the body as get_job_request: /],
      [3, /^Cannot decompress the body: /],
      [4, /^Cannot read a body of type text\/html: /],
      [5, /^Cannot read the body: it is over the limit/],
      [6, /^Cannot find the endpoint \/kinetica\/get\/job: GPUdb has none$/],
    ],
  )
  await send('{}', { authorization: 'Basic x' })
  t.strictSame(server.records(), [])
})

t.test('a /create/job whose job cannot be read is a warning, a rejected job is not', async (t) => {
  const server = await startLogging(t, {
    level: 'warn',
    rules: loadRules(
      t,
      '- { when: { endpoint: /create/job, request: { options: { job_tag: no } } }, then: { error: not today } }',
    ),
  })
  const job = alterTable('mine')
  await server.post('/create/job', { ...job, data_str: '{' })
  await server.post('/create/job', { ...job, data_str: '{ "table": 1 }' })
  await server.post('/create/job', { ...job, request_encoding: 'xml' })
  await server.post('/create/job', { ...job, endpoint: '/get/job' })
  t.match(
    server.records().map((line) => [line['request'], line['endpoint'], line['reason']]),
    [
      [1, '/create/job', /^Cannot read data_str as JSON: /],
      [2, '/create/job', /^Cannot read data_str as alter_table_request: /],
      [3, '/create/job', /xml/],
      [4, '/create/job', /^Cannot create a job for "\/get\/job"/],
    ],
  )
  await server.post('/create/job', job)
  await server.post('/create/job', job)
  const offline = { state: 'offline', drainMs: 0, forMs: undefined, jobs: 'keep' } as const
  server.scope.ring.move('a', offline, server.clock.now())
  await server.post('/create/job', job)
  t.strictSame(server.records(), [])
})

t.test('a journal that keeps nothing still numbers the requests of warnings', async (t) => {
  const journal = { maxRequests: 0, maxBytes: 0 }
  const server = await startLogging(t, { journal, level: 'warn' })
  await server.post('/get/job', '{')
  await server.post('/get/job', '{')
  t.strictSame(
    server.records().map(({ request }) => request),
    [1, 2],
  )
})

t.test('no secret is logged', async (t) => {
  const rules = loadRules(
    t,
    `
- { name: near, when: { endpoint: /create/user/internal, request: { password: sesame } }, then: {} }
- name: quotes
  when: { endpoint: /execute/sql }
  then: { error: "cannot run {{request.statement}}" }`,
  )
  for (const strict of [false, true]) {
    const server = await startLogging(t, { rules, strict })
    await server.post('/create/user/internal?token=sesame', { name: 'bob', password: 'hush' })
    await server.post('/execute/sql', { statement: "CREATE USER b IDENTIFIED BY 'hush'" })
    await server.post('/create/user/internal', '{"password": hush}')
    await server.post('/create/user/internal', '{"name": "x", "password": 4711}')
    const text = server.take().join('')
    t.match(text, 'request.password: expected (redacted), got (redacted)')
    t.match(text, "IDENTIFIED BY '(redacted)'")
    t.match(text, 'token=(redacted)')
    t.notMatch(text, /sesame|hush|4711/)
  }
})

/** A name that would start a line of its own, clear the screen and reverse text. */
const FORGED =
  'x\n[00:00:00.000] ERROR: forged\r\u001b[2J\u0007\u009b1m\u2028\u2029\u202e\u2066\ufeff\u{e0041}'

const ESCAPED =
  'x\\n[00:00:00.000] ERROR: forged\\r\\u001b[2J\\u0007\\u009b1m\\u2028\\u2029\\u202e\\u2066\\ufeff\\udb40\\udc41'

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

t.test('names and texts cannot forge a line in either format', async (t) => {
  const rules = [
    ruleOf({ name: FORGED, when: { endpoint: '/has/table' } }),
    ruleOf({ name: FORGED, when: { endpoint: '/has/role', user: 'x' } }),
  ]
  for (const format of ['json', 'console'] as const) {
    const server = await startLogging(t, { rules, format })
    await server.ask('json', '/has/table', {})
    await server.ask('json', '/has/role', {})
    await server.post('/create/job', { endpoint: FORGED, request_encoding: FORGED })
    const lines = server.take()
    t.equal(lines.length, 5, format)
    for (const line of lines) {
      t.ok(line.endsWith('\n'))
      t.notMatch(line.slice(0, -1), UNPRINTABLE)
    }
    if (format === 'json') t.equal(JSON.parse(String(lines[0])).rule, FORGED)
    else t.match(lines[0], `rule ${ESCAPED})`)
  }
})

t.test('in console form, a rejected job has no id', async (t) => {
  const server = await startLogging(t, { strict: true, format: 'console' })
  await server.post('/create/job', alterTable('mine'))
  const [line] = server.take().filter((text) => text.includes('INFO'))
  t.match(
    line,
    / \(scope default, json, job of \/alter\/table\): Cannot match \/alter\/table as a job: /,
  )
})

t.test('in console form, an error follows its line', async (t) => {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const log = createLog({ level: 'trace', format: 'console', write })
  const err = Object.assign(new TypeError('say "no"'), { stack: 'TypeError: no\n    at x (y:1)' })
  log.error({ err, other: 1 }, 'Cannot answer')
  for (const level of ['trace', 'debug', 'info', 'warn', 'fatal'] as const) log[level]({ other: 1 })
  const [first = '', ...others] = lines.map((line) => line.replace(/^\[[\d:]{8}\.\d{3}\] /, ''))
  t.strictSame(first.split('\n'), [
    'ERROR: Cannot answer',
    '    err: {',
    '      "type": "TypeError",',
    '      "message": "say \\"no\\"",',
    '      "stack":',
    '          TypeError: no',
    '              at x (y:1)',
    '    }',
    '',
  ])
  t.strictSame(others, ['TRACE: \n', 'DEBUG: \n', 'INFO: \n', 'WARN: \n', 'FATAL: \n'])
})

t.test('a logged error cannot forge a line, its stack stays readable', async (t) => {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const log = createLog({ level: 'warn', format: 'console', write })
  log.warn({ err: new Error(FORGED), other: FORGED }, FORGED)
  log.warn({ err: new Error('plain') })
  const [first = '', second = ''] = lines
  t.notMatch(first.replaceAll('\n', ''), UNPRINTABLE)
  t.notMatch(first, /^\[00:00:00/m)
  t.match(first, /\n +at /)
  t.match(second, /Error: plain\n +at /)
})
