import { execFileSync } from 'node:child_process'
import t from 'tap'
import {
  type ShownRequest,
  splitReasons,
  toRequestCurl,
  toRuleText,
} from '../../src/page-state/request-texts.ts'

const CLIENT = 'http://localhost:9191/~suite-a'

function shown(parts: Partial<ShownRequest> = {}): ShownRequest {
  return {
    id: 2,
    at_ms: 0,
    duration_ms: 1,
    delay_ms: 0,
    endpoint: '/has/table',
    encoding: 'json',
    user: '',
    source_ip: '127.0.0.1',
    cluster: 'a',
    headers: { 'content-type': 'application/octet-stream' },
    status: 200,
    sent_bytes: 10,
    error: '',
    rule: null,
    fault: [],
    unmatched: true,
    nearest: null,
    decoded: true,
    interrupted: false,
    job_id: null,
    job_endpoint: null,
    job_status: null,
    request: { table_name: 'orders', options: {} },
    job: null,
    body_base64: base64(`{"table_name": "o'rders"}`),
    ...parts,
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

t.test('a JSON request is sent again as it came', async (t) => {
  t.equal(
    toRequestCurl(shown(), CLIENT),
    `curl -s ${CLIENT}/has/table -H 'content-type: application/json' --data-binary '{"table_name": "o'\\''rders"}'`,
  )
})

t.test('a binary request is sent again as the same bytes, with its user', async (t) => {
  const curl = toRequestCurl(
    shown({ encoding: 'binary', user: 'admin', body_base64: 'AP8=' }),
    CLIENT,
  )
  t.equal(
    curl,
    `printf %s AP8= | base64 -d | curl -s ${CLIENT}/has/table -u admin -H 'content-type: application/octet-stream' --data-binary @-`,
  )
  const plain = toRequestCurl(shown({ encoding: 'snappy', headers: {} }), CLIENT)
  t.match(plain, "-H 'content-type: application/octet-stream'")
})

t.test('bytes that a shell cannot hold are sent in base64', async (t) => {
  for (const body_base64 of [base64('{"a":"\0"}'), base64('\x1b[2J'), '/w==']) {
    t.match(
      toRequestCurl(shown({ body_base64 }), CLIENT),
      `printf %s ${body_base64} | base64 -d | curl`,
    )
  }
})

t.test('a request with a secret is sent again by its fields', async (t) => {
  const request = { name: 'a', password: '(redacted)' }
  const curl = toRequestCurl(shown({ request, body_base64: null, encoding: 'binary' }), CLIENT)
  t.match(
    curl,
    `-H 'content-type: application/json' --data-binary '{ "name": "a", "password": "(redacted)" }'`,
  )
  t.match(toRequestCurl(shown({ request: null, body_base64: null }), CLIENT), "--data-binary '{}'")
})

t.test('a shell takes nothing of a hostile request as a command', async (t) => {
  const text = `{"a":"'; touch /tmp/x; $(id) \`id\` \\"\\n"}`
  const curl = toRequestCurl(
    shown({ body_base64: base64(text), user: "a'$(id)", endpoint: '/x;id' }),
    CLIENT,
  )
  const words = execFileSync('sh', ['-c', curl.replace('curl', 'printf "%s\\n"')]).toString()
  const expected = ['-s', `${CLIENT}/x;id`, '-u', "a'$(id)", '-H', 'content-type: application/json']
  t.equal(words, `${[...expected, '--data-binary', text].join('\n')}\n`)
})

t.test('a rule has the endpoint and the fields that the request has set', async (t) => {
  const request = {
    table_name: 'orders',
    empty: '',
    nothing: null,
    count: 0,
    is_on: false,
    long: 9223372036854775807n,
    options: { a: 'b', secret: '(redacted)', inner: { other: '' } },
    none: {},
    no_items: [],
    items: ['a', ''],
    tokens: ['(redacted <1>)'],
  }
  t.equal(
    toRuleText(shown({ request })),
    `{
  "when": {
    "endpoint": "/has/table",
    "request": {
      "table_name": "orders",
      "count": 0,
      "is_on": false,
      "long": 9223372036854775807,
      "options": { "a": "b" },
      "items": ["a", ""]
    }
  },
  "then": { "response": {} }
}`,
  )
})

t.test('a rule for the job of /create/job is about the job', async (t) => {
  const job = { endpoint: '/alter/table', tag: 'mine', request: { action: 'ttl' } }
  t.equal(
    toRuleText(shown({ endpoint: '/create/job', job })).replace(/\s+/g, ' '),
    '{ "when": { "endpoint": "/alter/table", "as": "job", "request": { "action": "ttl" } }, "then": { "response": {} } }',
  )
})

t.test('a rule without fields matches the endpoint', async (t) => {
  const text = '{ "when": { "endpoint": "/has/table" }, "then": { "response": {} } }'
  t.equal(toRuleText(shown({ request: null })), text)
  t.equal(toRuleText(shown({ request: { options: {} } })), text)
})

t.test('reasons are listed condition by condition', async (t) => {
  const reason =
    'user: expected "a", got "b; c: d"; request.options.x: expected "1", got nothing; tag: expected "t", got ""'
  t.strictSame(splitReasons(reason), [
    'user: expected "a", got "b; c: d"',
    'request.options.x: expected "1", got nothing',
    'tag: expected "t", got ""',
  ])
})
