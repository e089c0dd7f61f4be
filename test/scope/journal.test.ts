import t from 'tap'
import { type Headers, Journal } from '../../src/scope/journal.ts'

/** A poll that came with some headers. */
function pollWith(headers: Headers): Parameters<Journal['record']>[0] {
  return {
    atMs: 5,
    durationMs: 0.25,
    delayMs: 0,
    endpoint: '/get/job',
    headers,
    encoding: 'json',
    body: Buffer.from('{"job_id":7}'),
    user: 'ann',
    sourceIp: '127.0.0.1',
    status: 200,
    error: '',
    decoded: true,
    rule: undefined,
    unmatched: false,
    jobId: 7n,
    jobStatus: 'RUNNING',
  }
}

t.test('a journal keeps all that it is told of a request, and numbers it', async (t) => {
  const journal = new Journal({ maxRequests: 10, maxBytes: 10_000 })
  const poll = pollWith({ host: 'a' })
  journal.record(poll)
  journal.record(poll)
  t.strictSame(journal.list(), [
    { id: 1, ...poll },
    { id: 2, ...poll },
  ])
})

t.test('a journal keeps the headers of each request', async (t) => {
  const journal = new Journal({ maxRequests: 10, maxBytes: 10_000 })
  const rows: Headers[] = [
    { host: 'a', accept: '*/*' },
    { host: 'a', accept: '*/*' },
    { host: 'a' },
    { host: 'b' },
    { host: 'b', accept: '*/*' },
    { 'set-cookie': ['a', 'b'] },
    { 'set-cookie': ['a', 'c'] },
    {},
  ]
  for (const headers of rows) journal.record(pollWith(headers))
  t.strictSame(
    journal.list().map(({ headers }) => headers),
    rows,
  )
})
