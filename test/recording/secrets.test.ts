import t from 'tap'
import { Redaction } from '../../src/patterns/redaction.ts'
import { made } from '../support/record-exchanges.ts'
import { loadRecorded, record } from '../support/recordings.ts'

const SECRET = 'geheim-4711'

t.test(
  'a secret field leaves the condition, and is a template where the response repeats it',
  async (t) => {
    const { fixture, text } = record([
      made({
        endpoint: '/create/credential',
        request: {
          credential_name: 'aws',
          type: 'aws_iam_role',
          identity: 'AKIA',
          secret: SECRET,
          options: { session_token: SECRET, region: 'eu' },
        },
        response: { credential_name: 'aws', info: { told: SECRET, more: `it is ${SECRET}` } },
      }),
    ])
    t.strictSame(fixture.rules, [
      {
        when: {
          endpoint: '/create/credential',
          as: 'direct',
          request: { credential_name: 'aws', type: 'aws_iam_role', options: { region: 'eu' } },
        },
        then: { response: { info: { told: '{{request.secret}}', more: 'it is (redacted)' } } },
      },
    ])
    t.notMatch(text, SECRET)
    loadRecorded(t, text)
  },
)

t.test('a secret in a text becomes a part of an expression that any secret matches', async (t) => {
  const statement = `CREATE USER a.b IDENTIFIED BY '${SECRET}' WITH (x)`
  const { fixture, text } = record([
    made({
      endpoint: '/execute/sql',
      request: { statement, encoding: 'binary', limit: -9999n },
      error: `cannot run ${statement}`,
    }),
  ])
  const [rule] = fixture.rules ?? []
  const matches = "(?s)^CREATE USER a\\.b IDENTIFIED BY '.*' WITH \\(x\\)$"
  t.strictSame(rule?.when.request, { statement: { matches } })
  t.equal(rule?.then.error, "cannot run CREATE USER a.b IDENTIFIED BY '(redacted)' WITH (x)")
  t.notMatch(text, SECRET)
  t.equal(loadRecorded(t, text).rules.length, 1)
})

t.test('the hash of a password, and the values of secret columns, are not kept', async (t) => {
  const recordOf = (statement: string) =>
    made({
      endpoint: '/execute/sql',
      request: { statement, encoding: 'binary', limit: -9999n },
      error: `cannot run ${statement}`,
    })
  const { text, counts } = record([
    recordOf(`ALTER USER ann WITH PASSWORD HASH '${SECRET}'`),
    recordOf(`INSERT INTO users (name, password) VALUES ('ann', '${SECRET}')`),
    recordOf(`UPDATE users SET password = CASE WHEN name = 'ann' THEN '${SECRET}' END`),
    recordOf(`SELECT name FROM users WHERE '${SECRET}' = password`),
  ])
  t.equal(counts.rules, 4)
  t.notMatch(text, SECRET)
  loadRecorded(t, text)
})

t.test('secrets in lists and in bytes leave the condition', async (t) => {
  const { fixture, text } = record([
    made({
      endpoint: '/insert/records',
      request: {
        table_name: 't',
        list: [Buffer.from(`password=${SECRET}`)],
        list_str: [`{"password":"${SECRET}"}`, '{"a":1}'],
        list_encoding: 'json',
      },
    }),
  ])
  const { list_str } = Object(fixture.rules?.[0]?.when.request)
  t.strictSame(list_str, [
    { matches: '(?s)^\\{"password":"(.*)"\\}$'.replace('(.*)', '.*') },
    '{"a":1}',
  ])
  t.notMatch(text, SECRET)
  loadRecorded(t, text)
})

t.test('secret columns are redacted in rows and in records', async (t) => {
  const schema =
    '{"type":"record","name":"type_name","fields":[{"name":"password","type":"string"}]}'
  const { fixture, text } = record([
    made({
      endpoint: '/get/records',
      request: { table_name: 't', encoding: 'json', limit: -9999n },
      response: {
        table_name: 't',
        type_name: '1',
        type_schema: schema,
        records_json: [`{"password":"${SECRET}"}`],
        total_number_of_records: 1n,
      },
    }),
    // Two series have no form as rows.
    made({
      endpoint: '/get/records/byseries',
      request: { table_name: 't' },
      response: {
        type_schemas: [schema, schema],
        list_records_binary: [[Buffer.from(`password ${SECRET}`)]],
      },
    }),
  ])
  t.strictSame(
    fixture.rules?.map(({ then }) => then),
    [{ columns: ['password string'], rows: [['(redacted)']], response: { type_name: '1' } }],
  )
  t.notMatch(text, SECRET)
})

t.test('names of secrets can be added', async (t) => {
  const { text } = record(
    [
      made({
        endpoint: '/create/schema',
        request: { schema_name: 's', options: { pin: SECRET } },
        response: { schema_name: 's', info: { pin: SECRET } },
      }),
    ],
    { redaction: new Redaction(['pin']) },
  )
  t.notMatch(text, SECRET)
})

t.test(
  'the secrets of a job are neither in its rule nor in that of a failed creation',
  async (t) => {
    const data_str = JSON.stringify({
      credential_name: 'a',
      type: 't',
      identity: 'i',
      secret: SECRET,
      options: {},
    })
    const request = { endpoint: '/create/credential', request_encoding: 'json', data_str }
    const poll = {
      job_status: 'ERROR',
      endpoint: '/create/credential',
      status_map: { error_message: `not ${SECRET}` },
    }
    const { fixture, text } = record([
      made({ endpoint: '/create/job', request, error: 'too many jobs' }),
      made({ endpoint: '/create/job', request, response: { job_id: 7n } }),
      made({ endpoint: '/get/job', request: { job_id: 7n }, response: poll, atMs: 2000 }),
    ])
    t.strictSame(
      fixture.rules?.map(({ when }) => [when.endpoint, when.request, when.nth]),
      [
        ['/create/credential', { credential_name: 'a', type: 't' }, undefined],
        ['/create/job', { endpoint: '/create/credential', request_encoding: 'json' }, 1],
      ],
    )
    t.notMatch(text, SECRET)
    loadRecorded(t, text)
  },
)

t.test('a list of secrets has any texts in the condition', async (t) => {
  const request = { table_name: 't', list_str: [SECRET, ''], list_encoding: 'json' }
  const { fixture, text } = record([made({ endpoint: '/insert/records', request })], {
    redaction: new Redaction(['list_str']),
  })
  t.strictSame(Object(fixture.rules?.[0]?.when.request).list_str, [{ matches: '(?s)^$' }, ''])
  loadRecorded(t, text)
})

t.test('a long text with a secret is cut', async (t) => {
  const statement = `CREATE USER a IDENTIFIED BY '${SECRET}' -- ${'x'.repeat(1000)}`
  const request = { statement, encoding: 'binary', limit: -9999n }
  const { fixture, text } = record([made({ endpoint: '/execute/sql', request })])
  const { matches } = Object(Object(fixture.rules?.[0]?.when.request).statement)
  t.match(matches, /^\(\?s\)\^CREATE USER a IDENTIFIED BY '\.\*' -- x{400,500}$/)
  loadRecorded(t, text)
})

t.test('rows that cannot be read and may hold secrets are not kept', async (t) => {
  const request = { statement: 'q', encoding: 'json', limit: -9999n }
  const json_encoded_response = `{"column_1":["${SECRET}"],"column_headers":["password"],"column_datatypes":["new"]}`
  const response_schema_str = '{"type":"record","name":"generic_response","fields":[]}'
  const response = { json_encoded_response, response_schema_str }
  const { fixture, drift } = record([made({ endpoint: '/execute/sql', request, response })])
  t.strictSame(fixture.rules, [])
  t.equal(drift.at(-1)?.what, 'the rows may hold a secret and are not kept')
})

t.test('a key of a map that no template can name is redacted', async (t) => {
  const options = { 'my.password': SECRET }
  const { fixture } = record([
    made({
      endpoint: '/create/schema',
      request: { schema_name: 's', options },
      response: { info: { a: SECRET } },
    }),
  ])
  t.strictSame(Object(fixture.rules?.[0]?.then.response).info, { a: '(redacted)' })
})
