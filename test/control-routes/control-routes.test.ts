import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import Fastify from 'fastify'
import t from 'tap'
import { RealTime } from '../../src/clock/time-source.ts'
import { InFlight } from '../../src/connections/in-flight.ts'
import type { ControlContext } from '../../src/control-parts/control-context.ts'
import { controlRoutes } from '../../src/control-routes/control-routes.ts'
import { httpProblem } from '../../src/control-routes/problem.ts'
import { packageVersion } from '../../src/http/package-version.ts'
import { BodyReader } from '../../src/http-parts/read-body.ts'
import { startControlled } from '../support/control.ts'
import { sendHttp } from '../support/http.ts'

t.test('the server reports its health, its version, and whether it is ready', async (t) => {
  const server = await startControlled(t)
  t.strictSame(await server.must('GET /health'), { status: 'ok' })
  t.strictSame(await server.must('GET /ready'), { status: 'ready' })
  t.strictSame(await server.must('GET /version'), { name: 'mock-gpudb', version: packageVersion() })
  t.strictSame(await server.must('GET /health', undefined, 'a'), { status: 'ok' })
})

t.test('an answer of the control API says how long it took', async (t) => {
  const server = await startControlled(t)
  const { headers } = await server.control('GET /openapi.json')
  t.match(headers['x-request-time-secs'], /^\d+\.\d{6}$/)
  t.not(headers['x-request-time-secs'], '0.000000')
})

t.test('the server is not ready while it stops', async (t) => {
  const server = await startControlled(t)
  server.mock.scopes.close()
  const { status, headers, body } = await server.control('GET /ready')
  t.strictSame([status, headers['content-type']], [503, 'application/problem+json'])
  t.match(body, { code: 'NOT_READY', detail: /it is stopping/ })
})

t.test('a status without a code is a bad request', async (t) => {
  t.match(httpProblem(410, 'x'), { code: 'BAD_REQUEST', title: 'Gone', status: 410 })
  t.match(httpProblem(499, 'x'), { code: 'BAD_REQUEST', title: 'Problem' })
})

t.test('an unknown path and a wrong method are problems', async (t) => {
  const server = await startControlled(t)
  for (const scope of [undefined, 'a']) {
    const nothing = await server.control('GET /job', undefined, scope)
    const detail = 'Cannot find /__mock/job: there is no such route'
    t.match(nothing, { status: 404, body: { code: 'NOT_FOUND', detail } })
    for (const [route, allow] of [
      ['PUT /jobs', 'GET, HEAD, POST'],
      ['GET /clock/next', 'POST'],
      ['POST /jobs/7', 'DELETE, GET, HEAD, PATCH'],
      ['DELETE /scopes', 'GET, HEAD'],
      ['POST /events', 'GET, HEAD'],
    ]) {
      const refused = await server.control(String(route), undefined, scope)
      t.match(
        refused,
        { status: 405, headers: { allow }, body: { code: 'METHOD_NOT_ALLOWED' } },
        String(route),
      )
    }
  }
})

t.test('a body may have any type, and comments; errors in JSON have a position', async (t) => {
  const server = await startControlled(t)
  const post = (body: string, type?: string) =>
    sendHttp(server.port, {
      ...{ method: 'POST', path: '/__mock/clock/advance?', body },
      headers: {
        'content-length': Buffer.byteLength(body),
        ...(type ? { 'content-type': type } : {}),
      },
    })
  for (const type of [undefined, 'application/json; charset=utf-8', 'text/plain', 'x/y']) {
    t.equal((await post('{ "by": 1 /* ms */, }', type)).status, 200, String(type))
  }
  for (const [body, detail] of [
    ['{"by": 1', 'Cannot read the body: 1:9: this is not JSON'],
    ['\n  {"by": x}', 'Cannot read the body: 2:10: this is not JSON'],
    ['{"by": 1, "by": 2}', 'Cannot read the body: 1:11: the key "by" is repeated'],
    ['['.repeat(100_000), 'Cannot read the body: 1:101: this is nested more than 100 levels deep'],
    ['  ', 'Cannot advance the clock: expected an object, got nothing'],
    ['null', 'Cannot advance the clock: expected an object, got null'],
  ]) {
    const answer = await post(String(body))
    t.equal(answer.status, 400)
    t.match(
      JSON.parse(answer.body.toString()),
      { code: 'BAD_REQUEST', detail },
      String(body).slice(0, 20),
    )
  }
})

t.test('F10: a byte order mark before a body is skipped', async (t) => {
  const server = await startControlled(t)
  const { status } = await server.control('POST /clock/advance', '\uFEFF{ "by": 1 }')
  t.equal(status, 200)
  const { body } = await server.control('POST /clock/advance', '\uFEFF{ "by" 1 }')
  t.equal(body['detail'], 'Cannot read the body: 1:8: this is not JSON: colon expected')
})

t.test('F8: a body that is not UTF-8 is rejected, not read with replaced characters', async (t) => {
  const server = await startControlled(t)
  const rule = '{ "when": { "endpoint": "/has/table" }, "then": { "error": "caf\u00e9" } }'
  for (const body of [Buffer.from(rule, 'latin1'), Buffer.from(`\uFEFF${rule}`, 'utf16le')]) {
    const answer = await sendHttp(server.port, {
      ...{ method: 'POST', path: '/__mock/rules', body },
      headers: { 'content-length': body.length },
    })
    t.equal(answer.status, 400)
    t.match(JSON.parse(answer.body.toString()), { detail: 'Cannot read the body: it is not UTF-8' })
  }
  t.strictSame((await server.control('GET /rules')).body, { rules: [] })
})

t.test('H1: a number of more than 400 characters in a body is rejected', async (t) => {
  const server = await startControlled(t)
  for (const number of [
    `1.${'0'.repeat(65_536)}1`,
    '9'.repeat(65_536),
    `1e${'9'.repeat(65_536)}`,
  ]) {
    const { status, body } = await server.control('POST /clock/advance', `{ "by": ${number} }`)
    t.equal(status, 400)
    t.equal(body['detail'], 'Cannot read the body: 1:9: a number has more than 400 characters')
  }
})

/** Bodies of up to 64 KB, whose mistakes have long names or are many. */
const HOSTILE = {
  commas: `[${','.repeat(16_000)}`,
  'repeated keys': `{${'"a":1,'.repeat(10_000)}}`,
  'unknown keys': `{${Array.from({ length: 6000 }, (_, index) => `"k${index}":1`)}}`,
  'long keys': `{${Array.from({ length: 100 }, (_, index) => `"${'\\u0001'.repeat(90)}${index}":1`)}}`,
  'misspelt endpoints': JSON.stringify({
    rules: Array(1000).fill({ when: { endpoint: '/altar/tabel' }, then: {} }),
  }),
  'rules with misspelt keys': JSON.stringify({ rules: Array(4000).fill({ wehn: 1 }) }),
  'rules that never answer': JSON.stringify({
    rules: Array(1000).fill({ when: { endpoint: '/alter/table' }, then: {} }),
  }),
  'mistakes below a long key': JSON.stringify({
    rules: [
      {
        when: {
          endpoint: '*',
          request: { ['k'.repeat(60_000)]: Array(200).fill({ matches: '(' }) },
        },
        then: {},
      },
    ],
  }),
  'a long expression': JSON.stringify({
    rules: [{ when: { endpoint: '*', tag: { matches: `(${'x'.repeat(900)}` } }, then: {} }],
  }),
  templates: JSON.stringify({
    rules: [
      {
        when: { endpoint: '/alter/table' },
        then: { error: Array.from({ length: 8000 }, (_, index) => `{{${index}}}`).join('') },
      },
    ],
  }),
}

for (const [name, body] of Object.entries(HOSTILE)) {
  t.test(`H15: the answer to ${name} is short`, async (t) => {
    const server = await startControlled(t)
    for (const path of ['/fixtures', '/rules', '/jobs', '/clock/advance', '/requests/verify']) {
      const answer = await sendHttp(server.port, {
        ...{ method: 'POST', path: `/__mock${path}`, body },
        headers: { 'content-length': Buffer.byteLength(body) },
      })
      t.ok(answer.status === 400 || answer.status === 422, path)
      t.ok(answer.body.length < 2 * 65_536, `${path}: ${answer.body.length} bytes`)
      const { problems = [] } = JSON.parse(answer.body.toString())
      t.ok(problems.length <= 200, `${path}: ${problems.length} problems`)
    }
  })
}

t.test('a body over the limit is rejected', async (t) => {
  const server = await startControlled(t, { bodyLimit: 100 })
  const large = await server.control('POST /jobs', `{"endpoint": "${'x'.repeat(200)}"}`)
  t.match(large, { status: 413, body: { code: 'BODY_TOO_LARGE' } })
})

t.test('with a token, the control API requires it, except for probes', async (t) => {
  const server = await startControlled(t, { access: { users: [], tokens: ['s3cret'] } })
  server.mock.scopes.open('a')
  const call = (path: string, authorization?: string) =>
    sendHttp(server.port, { path, headers: authorization === undefined ? {} : { authorization } })
  for (const base of ['', '/~a']) {
    for (const header of [undefined, 'Bearer wrong', 'Basic czNjcmV0Og==']) {
      const refused = await call(`${base}/__mock/clock`, header)
      t.equal(refused.status, 401)
      t.equal(refused.headers['www-authenticate'], 'Bearer realm="mock-gpudb"')
      t.match(JSON.parse(refused.body.toString()), { code: 'UNAUTHORIZED' })
    }
    t.equal((await call(`${base}/__mock/clock`, 'Bearer s3cret')).status, 200)
    for (const probe of ['health', 'ready', 'version']) {
      t.equal((await call(`${base}/__mock/${probe}`)).status, 200)
    }
    t.equal((await call(`${base}/__mock/nothing`)).status, 401)
  }
})

t.test('with only users, the control API is open', async (t) => {
  const server = await startControlled(t, { access: { users: ['ann:secret'] } })
  t.match(await server.must('GET /clock'), { mode: 'frozen' })
  t.equal((await server.post('/show/system/status', {})).status, 401)
})

t.test('an unexpected error is a problem without a 5xx status, and is logged', async (t) => {
  const server = await startControlled(t)
  server.mock.reload = () => {
    throw new Error('no memory')
  }
  const { status, body } = await server.control('POST /reload')
  t.strictSame([status, body['code'], body['detail']], [400, 'UNEXPECTED', 'no memory'])
  t.match(server.logged.join(''), 'no memory')
})

/** Every route in Fastify, except those that it adds and the one for all other paths. */
async function routesOf(context: ControlContext): Promise<string[]> {
  const app = Fastify()
  const routes: string[] = []
  app.addHook('onRoute', ({ method, url }) => {
    const path = url.replace(/:(\w+)/g, '{$1}')
    for (const one of [method].flat()) {
      if (one !== 'HEAD' && !path.endsWith('*')) routes.push(`${one} ${path}`)
    }
  })
  const inFlight = new InFlight({ maxBytes: 1, sendTimeoutMs: 0 })
  const bodies = new BodyReader({ inFlight, maxBytes: 1 })
  const shared = { context, log: app.log, bodies, inFlight, realTime: new RealTime() }
  const server = { version: '', uptimeMs: () => 0, renderMetrics: async () => '' }
  const options = { ...shared, ...server, basePaths: [], origins: [], page: 'off' as const }
  await app.register(controlRoutes, options)
  return routes
}

t.test('the OpenAPI document is rendered once', async (t) => {
  const server = await startControlled(t)
  // The routes are built with the first request.
  await server.must('GET /health')
  let apps = 0
  const count = () => {
    apps += 1
  }
  subscribe('fastify.initialization', count)
  t.teardown(() => unsubscribe('fastify.initialization', count))
  const url = `http://localhost:${server.port}/__mock/openapi.json`
  const answers = await Promise.all([fetch(url), fetch(url)])
  answers.push(await fetch(url))
  const [first, ...others] = await Promise.all(answers.map((answer) => answer.text()))
  t.strictSame(others, [first, first])
  t.equal(answers[0]?.headers.get('content-type'), 'application/json; charset=utf-8')
  t.equal(apps, 1)
})

t.test('the OpenAPI document describes every route, its inputs and its answers', async (t) => {
  const server = await startControlled(t)
  const { openapi, paths, components } = await server.must('GET /openapi.json')
  t.equal(openapi, '3.1.0')
  const documented = Object.entries(Object(paths)).flatMap(([path, methods]) =>
    Object.keys(Object(methods)).map(
      (method) => `${method.toUpperCase()} ${path.replace('/__mock', '')}`,
    ),
  )
  for (const route of documented) {
    const filled = route.replace('{id}', '1').replace('{name}', 'default')
    // A wait would block the test; its answer to an invalid query shows that the route exists.
    const { status } = await server.control(`${filled}?unknown=1`, '{"unknown": 1}')
    t.not(status, 405, route)
  }
  t.strictSame(documented.sort(), (await routesOf(server.mock)).sort())
  const operations = Object.values(Object(paths)).flatMap((methods) =>
    Object.values(Object(methods)).map((operation) => String(Object(operation).operationId)),
  )
  t.strictSame(
    operations.filter((id) => !/^[a-z]+([A-Z][a-z]+)+$/.test(id)),
    [],
  )
  t.equal(new Set(operations).size, documented.length)
  t.match(Object(components), { schemas: { Problem: {}, Job: {}, FixtureRule: {} } })
  t.notMatch(JSON.stringify(paths), '"expected":')
  t.notMatch(JSON.stringify({ paths, components }), '"suggested":')
  const { get } = Object(paths)['/__mock/jobs/{id}']
  t.match(get, {
    parameters: [{ in: 'path', name: 'id', required: true }],
    responses: {
      200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Job' } } } },
      default: {
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  })
})
