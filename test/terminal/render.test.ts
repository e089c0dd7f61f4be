import t from 'tap'
import { showDuration } from '../../src/clock/show-time.ts'
import type { BriefRequestDocument } from '../../src/control/recorded-request.ts'
import type { ScopeDocument } from '../../src/control/scope-control.ts'
import type { BriefJobDocument } from '../../src/control-parts/job-document.ts'
import { renderTable } from '../../src/terminal/columns.ts'
import { fitText, widthOf } from '../../src/terminal/fit-text.ts'
import { renderJobs } from '../../src/terminal/render-jobs.ts'
import { renderMoreRequests, renderRequests } from '../../src/terminal/render-requests.ts'
import { renderStatus } from '../../src/terminal/render-status.ts'
import type { StatusDocument } from '../../src/terminal/status-snapshot.ts'
import { paintNothing, paintStyles } from '../../src/terminal/style.ts'

const START_MS = 4_102_444_800_000
const PLACE = { width: 80, paint: paintNothing }

/** What a terminal must not get: escape sequences, other controls, bidi, lone surrogates. */
const HOSTILE = '\u001b[2J\u0007\u009b1m\r\n\u202e\u200b\u2028\ud800'
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

function requestOf(given: Partial<BriefRequestDocument> = {}): BriefRequestDocument {
  return {
    id: 1,
    at_ms: START_MS,
    duration_ms: 1,
    delay_ms: 0,
    encoding: 'json',
    user: '',
    source_ip: '',
    cluster: 'a',
    sent_bytes: 100,
    job_endpoint: null,
    endpoint: '/has/table',
    status: 200,
    error: '',
    rule: null,
    fault: [],
    unmatched: false,
    nearest: null,
    decoded: true,
    interrupted: false,
    job_id: null,
    job_status: null,
    ...given,
  }
}

function jobOf(given: Partial<BriefJobDocument> = {}): BriefJobDocument {
  return {
    job_id: 42n,
    tag: 'nightly',
    endpoint: '/create/backup',
    encoding: 'json',
    user: '',
    source_ip: '',
    cluster: 'a',
    created_at_ms: START_MS,
    changed_at_ms: START_MS,
    step: 0,
    status: 'RUNNING',
    progress: 40,
    polls: 2,
    next_change_at_ms: null,
    error: '',
    ...given,
  }
}

function scopeOf(name: string, given: Partial<ScopeDocument> = {}): ScopeDocument {
  const counts = { jobs: 1, rules: 2, faults: 0, requests: 3, unmatched: 0 }
  const jobs_by_status = { RUNNING: 1, DONE: 0, ERROR: 0, CANCELLED: 0 }
  return { name, jobs_by_status, ...counts, waited_in: false, ...given }
}

function statusOf(given: Partial<StatusDocument> = {}): StatusDocument {
  return {
    url: 'http://localhost:9191',
    client_url: 'http://localhost:9191',
    version: '0.1.0',
    scopes: [scopeOf('default')],
    scope: 'default',
    clock: { mode: 'frozen', now_ms: START_MS, next_change_at_ms: null, poll_advance_ms: 250 },
    jobs: { RUNNING: 0, DONE: 0, ERROR: 0, CANCELLED: 0 },
    requests: [],
    unmatched: [],
    ...given,
  }
}

for (const { text, width, fitting } of [
  { text: 'orders', width: 6, fitting: 'orders' },
  { text: 'orders', width: 5, fitting: 'orde…' },
  { text: 'orders', width: 1, fitting: '…' },
  { text: 'orders', width: 0, fitting: '' },
  { text: '', width: 0, fitting: '' },
  { text: '注文表', width: 6, fitting: '注文表' },
  { text: '注文表', width: 5, fitting: '注文…' },
  { text: '注文表', width: 4, fitting: '注…' },
  { text: '👍👍', width: 3, fitting: '👍…' },
  { text: 'cafe\u0301', width: 4, fitting: 'café' },
  { text: 'a\u001b[31mb', width: 20, fitting: 'a\\u001b[31mb' },
  { text: 'a\u202eb\n', width: 20, fitting: 'a\\u202eb\\n' },
  { text: `e${'\u0301'.repeat(50)}`, width: 5, fitting: `é${'\u0301'.repeat(3)}…` },
]) {
  t.test(`fitText() shows ${encodeURI(text)} in ${width} cells`, async (t) => {
    t.equal(fitText(text, width), fitting)
    t.ok(widthOf(fitText(text, width)) <= width)
  })
}

t.test('fitText() looks only at the beginning of a long text', async (t) => {
  const { normalize } = String.prototype
  const normalized = t.capture(String.prototype, 'normalize', normalize)
  for (const part of ['x', '\u001b', '注', 'ệ'.normalize('NFD'), '\u{1f600}']) {
    const fitting = fitText(part.repeat(1_000_000), 80)
    t.ok(fitting.endsWith('…') && widthOf(fitting) <= 80)
    const [call] = normalized()
    t.ok(String(call?.receiver).length < 1000)
  }
  // The most that Unicode puts into one character: it must not be cut too early.
  t.equal(fitText('ᾂ'.normalize('NFD').repeat(80), 80), 'ᾂ'.repeat(80))
})

t.test('renderTable() aligns columns, and cuts the widest of those that shrink', async (t) => {
  const columns = [
    { title: 'ID', align: 'right' },
    { title: 'NAME', shrinks: true },
    { title: 'NOTE', shrinks: true, min: 8 },
  ] as const
  const rows = [
    [{ text: '7' }, { text: 'orders' }],
    [{ text: '1000' }, { text: '注文'.repeat(10) }, { text: 'a note of some length' }],
  ]
  t.strictSame(renderTable(columns, rows, { width: 40, paint: paintNothing }), [
    '  ID  NAME              NOTE',
    '   7  orders',
    '1000  注文注文注文注…   a note of some …',
  ])
  t.strictSame(renderTable(columns, rows, { width: 25, paint: paintNothing }), [
    '  ID  NAME      NOTE',
    '   7  orders',
    '1000  注文注…   a note o…',
  ])
  for (let width = 1; width < 60; width += 1) {
    for (const line of renderTable(columns, rows, { width, paint: paintNothing })) {
      t.ok(widthOf(line) <= width, `${width}: ${line}`)
    }
  }
})

t.test('renderTable() paints texts, not the space around them', async (t) => {
  const columns = [{ title: 'A', align: 'right' }, { title: 'STATUS' }, { title: 'B' }] as const
  const rows = [[{ text: '1' }, { text: 'DONE', style: 'green' }, { text: 'x' }] as const]
  t.strictSame(renderTable(columns, rows, { width: 80, paint: paintStyles }), [
    '\u001b[2mA\u001b[22m  \u001b[2mSTATUS\u001b[22m  \u001b[2mB\u001b[22m',
    '1  \u001b[32mDONE\u001b[39m    x',
  ])
})

const ANSWERS: readonly (readonly [string, Partial<BriefRequestDocument>, string])[] = [
  ['an answer of the endpoint itself', {}, ''],
  ['a rule', { rule: 'orders exist' }, 'rule orders exist'],
  ['a rule with an error', { rule: 'busy', error: 'not now' }, 'rule busy: not now'],
  ['faults', { fault: ['slow', 'cut'], rule: 'a' }, 'fault slow, fault cut, rule a'],
  ['a created job', { job_id: 7n }, 'job 7'],
  ['a polled job', { job_id: 2n ** 62n, job_status: 'DONE' }, 'job 4611686018427387904 DONE'],
  ['an undecodable body', { decoded: false, error: 'no JSON' }, 'undecodable: no JSON'],
  [
    'a cluster that does not work',
    { decoded: false, interrupted: true, error: 'Kinetica is offline' },
    'cluster a: Kinetica is offline',
  ],
  ['no rule', { unmatched: true }, 'unmatched: no rule'],
  [
    'no rule for a job',
    { unmatched: true, job_id: 7n, job_endpoint: '/alter/table' },
    'unmatched, job 7: no rule for /alter/table',
  ],
  [
    'a rule that nearly matched',
    { unmatched: true, error: 'long', nearest: { rule: 'a', reason: 'x; y' } },
    'unmatched: x; y (rule a)',
  ],
]

for (const [name, given, answer] of ANSWERS) {
  t.test(`renderRequests() shows ${name}`, async (t) => {
    const [, line = ''] = renderRequests([requestOf(given)], { ...PLACE, width: 120 })
    t.equal(line, `    1  00:00:00.000  /has/table${' '.repeat(29)}200  ${answer}`.trimEnd())
  })
}

t.test('renderRequests() has the same columns for requests that come later', async (t) => {
  const first = [requestOf({ status: 0, rule: 'a' })]
  const later = [
    requestOf({ id: 99_999, endpoint: `/get/records/${'x'.repeat(99)}`, rule: 'b'.repeat(99) }),
  ]
  t.strictSame(
    [...renderRequests(first, PLACE), ...renderMoreRequests(later, PLACE)],
    [
      '   ID  TIME          ENDPOINT                  HTTP  ANSWER',
      '    1  00:00:00.000  /has/table                   -  rule a',
      '99999  00:00:00.000  /get/records/xxxxxxxxxx…   200  rule bbbbbbbbbbbbbbbbbbbbb…',
    ],
  )
})

t.test('renderRequests() marks what did not match, and errors', async (t) => {
  const styled = (given: Partial<BriefRequestDocument>) =>
    renderRequests([requestOf({ ...given, rule: 'a' })], { width: 80, paint: paintStyles })[1]
  t.match(styled({ unmatched: true }), '\u001b[33munmatched')
  t.match(styled({ error: 'x' }), '\u001b[31mrule a: x\u001b[39m')
  t.match(styled({ decoded: false }), '\u001b[31mundecodable')
  t.match(styled({}), /200 {2}rule a$/)
})

t.test('renderJobs() shows what comes next, or why a job failed', async (t) => {
  const jobs = [
    jobOf(),
    jobOf({ job_id: 1n, tag: '', next_change_at_ms: START_MS + 2500 }),
    jobOf({ job_id: 2n, next_change_at_ms: START_MS - 1 }),
    jobOf({ job_id: 3n, status: 'DONE', progress: 100, polls: 12 }),
    jobOf({ job_id: 4n, status: 'CANCELLED' }),
    jobOf({ job_id: 5n, status: 'ERROR', error: 'rank 2 is unreachable' }),
    jobOf({ job_id: 2n ** 63n - 1n, tag: 'c0ffee00-0000-4000-8000-000000000001' }),
  ]
  t.strictSame(renderJobs(jobs, { ...PLACE, nowMs: START_MS }), [
    '                 ID  TAG       ENDPOINT          STATUS       %  POLLS  NEXT',
    '                 42  nightly   /create/backup    RUNNING     40      2  waits',
    '                  1            /create/backup    RUNNING     40      2  in 2.5s',
    '                  2  nightly   /create/backup    RUNNING     40      2  in 0ms',
    '                  3  nightly   /create/backup    DONE       100     12',
    '                  4  nightly   /create/backup    CANCELLED   40      2',
    '                  5  nightly   /create/backup    ERROR       40      2  rank 2 …',
    '9223372036854775807  c0ffee0…  /create/backup    RUNNING     40      2  waits',
  ])
})

for (const [ms, text] of [
  [0, '0ms'],
  [999.4, '999ms'],
  [1000, '1s'],
  [59_999, '59.9s'],
  [60_000, '1m'],
  [3_599_999, '59m 59s'],
  [3_600_000, '1h'],
  [7_500_000, '2h 5m'],
  [86_400_000, '1d'],
  [356_400_000, '4d 3h'],
] as const) {
  t.test(`showDuration() shows ${ms} ms as ${text}`, async (t) => {
    t.equal(showDuration(ms), text)
  })
}

const UNMATCHED = requestOf({
  id: 3,
  unmatched: true,
  nearest: { rule: 'orders exist', reason: 'request.table_name: expected "orders", got "x"; b' },
})

t.test('renderStatus() shows scopes, time, jobs, requests and why nothing matched', async (t) => {
  const scopes = [scopeOf('default', { unmatched: 2 }), scopeOf('suite-a', { requests: 0 })]
  const status = statusOf({
    scopes,
    clock: {
      mode: 'scaled',
      scale: 10,
      now_ms: START_MS,
      next_change_at_ms: START_MS + 90_000,
      poll_advance_ms: 250,
    },
    jobs: { RUNNING: 3, DONE: 2, ERROR: 0, CANCELLED: 1 },
    requests: [requestOf({ id: 2, rule: 'a' }), UNMATCHED],
    unmatched: [
      requestOf({ unmatched: true, endpoint: '/show/table' }),
      requestOf({
        id: 2,
        unmatched: true,
        endpoint: '/create/job',
        job_endpoint: '/alter/table',
      }),
      UNMATCHED,
    ],
  })
  t.strictSame(renderStatus(status, PLACE), [
    'mock-gpudb 0.1.0 at http://localhost:9191, scope default',
    'clock     10x, 2100-01-01 00:00:00.000, next change in 1m 30s',
    'jobs      3 RUNNING, 2 DONE, 1 CANCELLED',
    'requests  3, 2 unmatched',
    '',
    'SCOPE    JOBS  RULES  FAULTS  REQUESTS  UNMATCHED',
    'default     1      2       0         3          2',
    'suite-a     1      2       0         0          0',
    '',
    '   ID  TIME          ENDPOINT                  HTTP  ANSWER',
    '    2  00:00:00.000  /has/table                 200  rule a',
    '    3  00:00:00.000  /has/table                 200  unmatched: request.table_n…',
    '',
    'UNMATCHED',
    'request 1 of /show/table',
    '    no rule is for /show/table',
    'request 2 of /create/job',
    '    no rule is for /alter/table',
    'request 3 of /has/table',
    '    the nearest rule is orders exist',
    '    request.table_name: expected "orders", got "x"',
    '    b',
  ])
})

t.test('renderStatus() says what to do with a mock that no client has used', async (t) => {
  const unused = { requests: 0 }
  const [, clock, jobs, requests] = renderStatus(
    statusOf({
      client_url: 'http://localhost:9191/~suite-a',
      scope: 'suite-a',
      scopes: [scopeOf('suite-a', unused)],
    }),
    PLACE,
  )
  t.equal(clock, 'clock     frozen, 2100-01-01 00:00:00.000, nothing ahead')
  t.equal(jobs, 'jobs      none')
  t.equal(requests, 'requests  none yet: let a client use http://localhost:9191/~suite-a')
  const [, , , root] = renderStatus(statusOf({ scopes: [scopeOf('default', unused)] }), PLACE)
  t.equal(root, 'requests  none yet: let a client use http://localhost:9191')
  // The scope came after the list of scopes was read.
  t.equal(renderStatus(statusOf({ scopes: [] }), PLACE)[3], root)
})

t.test('renderStatus() shows a scope that does not exist yet, and the others', async (t) => {
  t.strictSame(renderStatus(statusOf({ scope: 'b', clock: null }), PLACE).slice(1, 5), [
    'The scope b does not exist yet',
    '',
    'SCOPE    JOBS  RULES  FAULTS  REQUESTS  UNMATCHED',
    'default     1      2       0         3          0',
  ])
})

t.test('renderStatus() shows eight scopes, and always its own', async (t) => {
  const scopes = Array.from({ length: 20 }, (_, index) => scopeOf(`suite-${index}`))
  const lines = renderStatus(statusOf({ scope: 'suite-15', scopes }), PLACE)
  const names = lines.slice(6).map((line) => line.replace(/ {2}.*/, ''))
  t.strictSame(names, [
    ...Array.from({ length: 8 }, (_, index) => `suite-${index}`),
    'suite-15',
    'and 11 more scopes',
  ])
})

t.test('renderStatus() paints statuses and unmatched requests', async (t) => {
  const scopes = [scopeOf('default', { unmatched: 4 }), scopeOf('a')]
  const jobs = { RUNNING: 1, DONE: 2, ERROR: 3, CANCELLED: 4 }
  const place = { width: 80, paint: paintStyles }
  const lines = renderStatus(statusOf({ scopes, jobs, unmatched: [UNMATCHED] }), place)
  const text = lines.join('\n').replaceAll('\u001b', '')
  t.match(text, '[1mmock-gpudb 0.1.0 at')
  t.match(text, '1 [33mRUNNING[39m, 2 [32mDONE[39m, 3 [31mERROR[39m, 4 [2mCANCELLED[22m')
  t.match(text, '[1mdefault[22m')
  t.match(text, '[33m4[39m')
  t.match(text, '[2mUNMATCHED[22m')
  const narrow = renderStatus(statusOf({ jobs }), { ...place, width: 30 })
  t.equal(narrow[2], 'jobs      1 RUNNING, 2 DONE, …')
})

t.test('lists and status make hostile texts printable, and fit every width', async (t) => {
  const hostile = HOSTILE.repeat(9)
  const request = requestOf({
    endpoint: hostile,
    error: hostile,
    rule: hostile,
    fault: [hostile],
    unmatched: true,
    nearest: { rule: hostile, reason: hostile },
    job_id: 1n,
    job_status: hostile,
  })
  const job = jobOf({ tag: hostile, endpoint: hostile, status: 'ERROR', error: hostile })
  const named = {
    name: hostile,
    url: hostile,
    client_url: hostile,
    version: hostile,
    scope: hostile,
  }
  const scopes = [scopeOf(hostile)]
  const status = statusOf({ ...named, scopes, requests: [request], unmatched: [request] })
  for (const width of [1, 2, 9, 20, 40, 80, 200, 1000]) {
    const place = { width, paint: paintNothing }
    const lines = [
      ...renderRequests([request], place),
      ...renderRequests([request, { ...request, unmatched: false }], { ...place, explains: true }),
      ...renderJobs([job], { ...place, nowMs: START_MS }),
      ...renderStatus(status, place),
      ...renderStatus({ ...status, clock: null }, place),
    ]
    t.strictSame(
      lines.filter((line) => UNPRINTABLE.test(line) || widthOf(line) > width),
      [],
      `${width} columns`,
    )
  }
})
