import t from 'tap'
import { loadRules } from '../support/rules.ts'
import { createJob, runCall, WAYS } from '../support/run-call.ts'
import { startTestServer } from '../support/server.ts'

const endpoint = '/alter/table'

const FIELDS = { table_name: 'orders', action: 'ttl', value: '7', options: { a: 'b' } }

const RULES = `
- name: far
  when: { endpoint: ${endpoint}, user: eve, request: { table_name: x, action: y } }
  then: {}
- name: near
  when: { endpoint: '/alter/*', request: { options: { a: c, d: { matches: '^e' } } } }
  then: {}`

const WHY =
  'the nearest rule is near; request.options.a: expected "c", got "b"; ' +
  'request.options.d: expected a string that matches ^e, got nothing'

t.test('a strict error names the nearest rule, field by field, in all encodings', async (t) => {
  const server = await startTestServer({ rules: loadRules(t, RULES), strict: true })
  t.teardown(server.close)
  for (const encoding of ['json', 'binary', 'snappy'] as const) {
    t.strictSame(await server.ask(encoding, endpoint, FIELDS), {
      httpStatus: 400,
      contentType: encoding === 'json' ? 'application/json' : 'application/octet-stream',
      status: 'ERROR',
      message: `Cannot match ${endpoint}: ${WHY}`,
      dataType: 'none',
      response: null,
    })
    await t.rejects(createJob(server, { encoding, endpoint, fields: FIELDS }), {
      message: `Cannot match ${endpoint} as a job: ${WHY}`,
    })
  }
  t.strictSame(server.scope.jobs.list(), [])
  t.strictSame(server.logged, [])
})

t.test('the log names the nearest rule if the endpoint has rules', async (t) => {
  const server = await startTestServer({ rules: loadRules(t, RULES) })
  t.teardown(server.close)
  for (const { as, encoding } of WAYS) {
    const call = { as, encoding, endpoint, fields: FIELDS }
    t.match(await runCall(server, call), { response: { table_name: 'orders' } })
  }
  const kinds = ['', '', '', ' as a job', ' as a job', ' as a job']
  t.strictSame(
    server.logged.map((line) => JSON.parse(line)).map(({ level, msg }) => [level, msg]),
    kinds.map((kind) => [40, `Cannot match ${endpoint}${kind}: ${WHY}`]),
  )
})

t.test('nothing is logged if a rule matches or the endpoint has no rules', async (t) => {
  const server = await startTestServer({ rules: loadRules(t, RULES) })
  t.teardown(server.close)
  const matching = { ...FIELDS, options: { a: 'c', d: 'e' } }
  await server.ask('json', endpoint, matching)
  await server.ask('json', '/create/table', {})
  await server.ask('json', '/get/job', { job_id: 1n })
  t.strictSame(server.logged, [])
})

t.test('a strict server accepts matched requests and calls of own endpoints', async (t) => {
  const server = await startTestServer({ rules: loadRules(t, RULES), strict: true })
  t.teardown(server.close)
  const matching = { ...FIELDS, options: { a: 'c', d: 'e' } }
  t.equal((await server.ask('binary', endpoint, matching)).status, 'OK')
  const id = await createJob(server, { encoding: 'snappy', endpoint, fields: matching })
  t.equal((await server.ask('binary', '/get/job', { job_id: id })).status, 'OK')
  t.equal((await server.ask('json', '/show/system/status', {})).status, 'OK')
})

t.test('a strict error for an endpoint without rules names the nearest rule of all', async (t) => {
  const rules = loadRules(t, `- { when: { endpoint: /alter/role }, then: {} }`)
  const server = await startTestServer({ rules, strict: true })
  t.teardown(server.close)
  const { message } = await server.ask('binary', endpoint, FIELDS)
  t.match(message, /^Cannot match \/alter\/table: the nearest rule is .*rules\.yaml:2; /)
  t.match(message, '; endpoint: expected /alter/role, got /alter/table')
})

t.test('a strict error reports how often a rule may still answer', async (t) => {
  const rules = loadRules(
    t,
    `
- { name: once, when: { endpoint: ${endpoint} }, times: 1, then: {} }`,
  )
  const server = await startTestServer({ rules, strict: true })
  t.teardown(server.close)
  t.equal((await server.ask('json', endpoint, FIELDS)).status, 'OK')
  t.equal(
    (await server.ask('json', endpoint, FIELDS)).message,
    `Cannot match ${endpoint}: the nearest rule is once; times: expected at most 1, got one more`,
  )
})

t.test('an explanation lists at most ten differences and shortens long values', async (t) => {
  const keys = Array.from({ length: 12 }, (_, index) => `k${index}: v`).join(', ')
  const rules = loadRules(
    t,
    `
- { name: r, when: { endpoint: ${endpoint}, request: { options: { ${keys} } } }, then: {} }`,
  )
  const server = await startTestServer({ rules, strict: true })
  t.teardown(server.close)
  const options = { k0: 'x'.repeat(100_000) }
  const { message } = await server.ask('binary', endpoint, { ...FIELDS, options })
  t.equal(message.split('; ').length, 11)
  t.match(message, `; request.options.k0: expected "v", got "${'x'.repeat(80)}…"; `)
  t.match(message, /; request\.options\.k9: expected "v", got nothing$/)
})

t.test('an explanation that quotes a request contains no failover phrase', async (t) => {
  const rules = loadRules(
    t,
    `
- { name: r, when: { endpoint: ${endpoint}, request: { value: x } }, then: {} }`,
  )
  const server = await startTestServer({ rules, strict: true })
  t.teardown(server.close)
  const { message } = await server.ask('json', endpoint, { ...FIELDS, value: 'Connection refused' })
  t.notMatch(message, 'Connection refused')
})

t.test('an explanation hides secrets in fields and options', async (t) => {
  const rules = loadRules(
    t,
    `
- { name: r, when: { endpoint: ${endpoint}, request: { options: { api_token: x } } }, then: {} }
- { name: u, when: { endpoint: /create/user/internal, request: { password: x } }, then: {} }`,
  )
  const server = await startTestServer({ rules, strict: true })
  t.teardown(server.close)
  const hidden = 'expected "x", got (redacted)'
  const options = { api_token: 'hush' }
  t.equal(
    (await server.ask('json', endpoint, { ...FIELDS, options })).message,
    `Cannot match ${endpoint}: the nearest rule is r; request.options.api_token: ${hidden}`,
  )
  const user = { name: 'bob', password: 'hush' }
  t.equal(
    (await server.ask('binary', '/create/user/internal', user)).message,
    `Cannot match /create/user/internal: the nearest rule is u; request.password: ${hidden}`,
  )
})
