import assert from 'node:assert/strict'
import t from 'tap'
import {
  type Credentials,
  readCredentials,
  readUser,
  requireCredentials,
} from '../../src/http/authentication.ts'
import { sendHttp } from '../support/http.ts'
import { encodeRequest, readAnswer, startTestServer, type TestServer } from '../support/server.ts'

const PATH = '/show/system/status'

function basicHeader(text: string): string {
  return `Basic ${Buffer.from(text, 'utf8').toString('base64')}`
}

function basic(user: string, password: string): string {
  return basicHeader(`${user}:${password}`)
}

/** Sends a call and returns its status and challenge; only a 401 has a challenge. */
async function statusOf(server: TestServer, authorization: string | undefined): Promise<number> {
  const headers = authorization === undefined ? {} : { authorization }
  const sent = { method: 'POST', path: PATH, headers, body: '{}' }
  const answer = await sendHttp(server.port, sent)
  assert.equal('www-authenticate' in answer.headers, answer.status === 401)
  return answer.status
}

t.test('requireCredentials() returns no hook without users and token', async (t) => {
  t.equal(requireCredentials({ users: [] }), undefined)
})

t.test('a server without users accepts every Authorization header', async (t) => {
  const server = await startTestServer()
  t.teardown(server.close)
  // Go always sends the first, JavaScript without options the second.
  for (const header of ['Basic Og==', 'Bearer undefined', 'Digest x', 'nonsense', undefined]) {
    t.equal(await statusOf(server, header), 200, String(header))
  }
})

const USERS = ['admin:secret', 'jo:pa:ss', 'zoë:gehëim', 'empty:']

const BASIC = [
  { header: basic('admin', 'secret'), status: 200 },
  { header: basic('admin', 'secret').replace('Basic', 'basic'), status: 200 },
  { header: basic('jo', 'pa:ss'), status: 200 },
  { header: basic('zoë', 'gehëim'), status: 200 },
  { header: basic('empty', ''), status: 200 },
  { header: basic('admin', 'Secret'), status: 401 },
  { header: basic('admin', ''), status: 401 },
  { header: basic('admin', 'secret '), status: 401 },
  { header: basic('jo', 'pa'), status: 401 },
  { header: basic('', ''), status: 401 },
  { header: 'Basic', status: 401 },
  { header: 'Bearer secret', status: 401 },
  { header: 'Bearer admin:secret', status: 401 },
  { header: 'Digest username="admin"', status: 401 },
  { header: undefined, status: 401 },
]

t.test('requireCredentials() accepts users only by Basic', async (t) => {
  const server = await startTestServer({ access: { users: USERS } })
  t.teardown(server.close)
  for (const { header, status } of BASIC)
    t.equal(await statusOf(server, header), status, String(header))
})

const BEARER = [
  { header: 'Bearer t0ken', status: 200 },
  { header: 'bearer t0ken', status: 200 },
  { header: 'Bearer t0ke', status: 401 },
  { header: 'Bearer ', status: 401 },
  { header: basic('t0ken', ''), status: 401 },
  { header: basic('bearer t0ken', ''), status: 401 },
  { header: undefined, status: 401 },
]

t.test('requireCredentials() accepts the token only by Bearer', async (t) => {
  const server = await startTestServer({ access: { users: [], token: 't0ken' } })
  t.teardown(server.close)
  for (const { header, status } of BEARER)
    t.equal(await statusOf(server, header), status, String(header))
})

t.test('requireCredentials() accepts users and the token together', async (t) => {
  const server = await startTestServer({ access: { users: USERS, token: 't0ken' } })
  t.teardown(server.close)
  t.equal(await statusOf(server, basic('admin', 'secret')), 200)
  t.equal(await statusOf(server, 'Bearer t0ken'), 200)
  t.equal(await statusOf(server, 'Bearer secret'), 401)
})

const CHALLENGES = [
  { access: { users: USERS }, schemes: 'Basic realm="GPUdb", charset="UTF-8"' },
  { access: { users: [], token: 'x' }, schemes: 'Bearer realm="GPUdb"' },
  {
    access: { users: USERS, token: 'x' },
    schemes: 'Basic realm="GPUdb", charset="UTF-8", Bearer realm="GPUdb"',
  },
]

for (const { access, schemes } of CHALLENGES) {
  t.test(`requireCredentials() challenges with ${schemes}`, async (t) => {
    const server = await startTestServer({ access })
    t.teardown(server.close)
    for (const { type, encoding } of [
      { type: 'application/json', encoding: 'json' },
      { type: 'application/octet-stream', encoding: 'binary' },
    ] as const) {
      const answer = await sendHttp(server.port, {
        method: 'POST',
        path: PATH,
        headers: { 'content-type': type },
        body: encodeRequest(encoding, PATH, {}),
      })
      t.equal(answer.status, 401)
      t.equal(answer.headers['www-authenticate'], schemes)
      const { contentType, status, dataType, message } = readAnswer(PATH, answer)
      t.ok(contentType.startsWith(type))
      t.strictSame([status, dataType], ['ERROR', 'none'])
      t.equal(message, 'Cannot answer: the user name, password or token is wrong')
    }
  })
}

t.test('requireCredentials() rejects a call before its body and path are read', async (t) => {
  const server = await startTestServer({ access: { users: USERS }, bodyLimit: 10 })
  t.teardown(server.close)
  for (const path of [PATH, '/no/such', '/']) {
    const sent = { method: 'POST', path, body: '{ this is no JSON, and too long' }
    t.equal((await sendHttp(server.port, sent)).status, 401, path)
  }
})

t.test('requireCredentials() accepts GET and HEAD of the root', async (t) => {
  const server = await startTestServer({ access: { users: USERS } })
  t.teardown(server.close)
  for (const method of ['GET', 'HEAD']) {
    t.equal((await sendHttp(server.port, { method, path: '/' })).status, 200, method)
  }
})

t.test('a job records the user who created it', async (t) => {
  const server = await startTestServer({ access: { users: USERS } })
  t.teardown(server.close)
  const inner = { endpoint: '/admin/rebalance', request_encoding: 'json', data_str: '{}' }
  await sendHttp(server.port, {
    method: 'POST',
    path: '/create/job',
    headers: { authorization: basic('zoë', 'gehëim') },
    body: JSON.stringify(inner),
  })
  t.equal(server.scope.jobs.get({ id: 1n }).job.caller.user, 'zoë')
})

t.test('readCredentials() reads the headers that clients send', async (t) => {
  const cases: [string | undefined, Credentials][] = [
    // Python: admin, secret.
    ['Basic YWRtaW46c2VjcmV0', { scheme: 'basic', user: 'admin', password: 'secret' }],
    // Go, without a user.
    ['Basic Og==', { scheme: 'basic', user: '', password: '' }],
    // The JavaScript clients, without options.
    ['Bearer undefined', { scheme: 'bearer', token: 'undefined' }],
    [undefined, { scheme: 'none' }],
  ]
  for (const [header, credentials] of cases) {
    t.strictSame(readCredentials(header), credentials, String(header))
  }
})

t.test('readCredentials() reads Basic by RFC 7617', async (t) => {
  t.strictSame(readCredentials(basicHeader('user:a:b::')), {
    scheme: 'basic',
    user: 'user',
    password: 'a:b::',
  })
  t.strictSame(readCredentials(basicHeader('m\u00fcller:\u{1f511}')), {
    scheme: 'basic',
    user: 'm\u00fcller',
    password: '\u{1f511}',
  })
  t.strictSame(readCredentials(basicHeader('user')), {
    scheme: 'basic',
    user: 'user',
    password: '',
  })
})

t.test('readCredentials() accepts a scheme in any case and spaces around the value', async (t) => {
  t.strictSame(readCredentials('bearer  token '), { scheme: 'bearer', token: 'token' })
  t.strictSame(readCredentials('BASIC Og=='), { scheme: 'basic', user: '', password: '' })
})

t.test(
  'readCredentials() finds no credentials in other schemes and in an empty header',
  async (t) => {
    for (const header of [
      '',
      'Basic',
      'Basic ',
      'Bearer',
      'Digest abc',
      'BasicOg==',
      'Bearer a b',
    ]) {
      t.strictSame(readCredentials(header), { scheme: 'none' }, header)
    }
  },
)

t.test('readUser() returns the user of a Basic header and is empty for others', async (t) => {
  const cases: [string | undefined, string][] = [
    [basicHeader('ann:secret'), 'ann'],
    [basicHeader('ann'), 'ann'],
    [basicHeader(':secret'), ''],
    ['Bearer token', ''],
    ['Digest abc', ''],
    ['', ''],
    [undefined, ''],
  ]
  for (const [header, user] of cases) t.equal(readUser(header), user, String(header))
})
