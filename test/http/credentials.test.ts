import t from 'tap'
import { type Credentials, readCredentials, readUser } from '../../src/http/credentials.ts'

function basic(text: string): string {
  return `Basic ${Buffer.from(text, 'utf8').toString('base64')}`
}

t.test('readCredentials() reads what the clients send', async (t) => {
  const cases: [string | undefined, Credentials][] = [
    // Python: admin, secret.
    ['Basic YWRtaW46c2VjcmV0', { scheme: 'basic', user: 'admin', password: 'secret' }],
    // Go sends it without a user.
    ['Basic Og==', { scheme: 'basic', user: '', password: '' }],
    // The JavaScript clients send it without options.
    ['Bearer undefined', { scheme: 'bearer', token: 'undefined' }],
    [undefined, { scheme: 'none' }],
  ]
  for (const [header, credentials] of cases) {
    t.strictSame(readCredentials(header), credentials, String(header))
  }
})

t.test('readCredentials() reads Basic as RFC 7617 has it', async (t) => {
  t.strictSame(readCredentials(basic('user:a:b::')), {
    scheme: 'basic',
    user: 'user',
    password: 'a:b::',
  })
  t.strictSame(readCredentials(basic('m\u00fcller:\u{1f511}')), {
    scheme: 'basic',
    user: 'm\u00fcller',
    password: '\u{1f511}',
  })
  t.strictSame(readCredentials(basic('user')), { scheme: 'basic', user: 'user', password: '' })
})

t.test('readCredentials() takes a scheme in any case and spaces around the value', async (t) => {
  t.strictSame(readCredentials('bearer  token '), { scheme: 'bearer', token: 'token' })
  t.strictSame(readCredentials('BASIC Og=='), { scheme: 'basic', user: '', password: '' })
})

t.test('readCredentials() finds none in another scheme or in nothing', async (t) => {
  for (const header of ['', 'Basic', 'Basic ', 'Bearer', 'Digest abc', 'BasicOg==', 'Bearer a b']) {
    t.strictSame(readCredentials(header), { scheme: 'none' }, header)
  }
})

t.test('readUser() gives the user of a Basic header, and nothing of any other', async (t) => {
  const cases: [string | undefined, string][] = [
    [basic('ann:secret'), 'ann'],
    [basic('ann'), 'ann'],
    [basic(':secret'), ''],
    ['Bearer token', ''],
    ['Digest abc', ''],
    ['', ''],
    [undefined, ''],
  ]
  for (const [header, user] of cases) t.equal(readUser(header), user, String(header))
})
