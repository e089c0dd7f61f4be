import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { ChangeSignal } from '../../src/scope/change-signal.ts'
import { type Headers, Journal, JournalEntry, type JournalLimits } from '../../src/scope/journal.ts'
import { nextTurn } from '../support/next-turn.ts'

/** The entry of an answered `/get/job`, with the facts in `parts`. */
function requestOf(parts: Partial<JournalEntry> = {}): JournalEntry {
  const received = {
    atMs: 1000,
    endpoint: '/get/job',
    headers: {},
    encoding: 'json',
    body: Buffer.alloc(0),
    user: '',
    sourceIp: '127.0.0.1',
    ...parts,
  } as const
  const outcome = { durationMs: 0.5, status: 200, decoded: true }
  return Object.assign(new JournalEntry(received), outcome, parts)
}

/** What an entry takes besides its body and its headers. */
const ENTRY_BYTES = 400

function journalOf(limits: Partial<JournalLimits> = {}, sizes: readonly number[] = []): Journal {
  const journal = new Journal({ maxRequests: 100, maxBytes: 1_000_000, ...limits })
  for (const size of sizes) journal.record(requestOf({ body: Buffer.alloc(size) }))
  return journal
}

function idsOf(entries: readonly JournalEntry[]): number[] {
  return entries.map(({ id }) => id)
}

t.test('record() keeps a request as it was, with an id that counts from 1', async (t) => {
  const journal = journalOf()
  t.equal(journal.lastId, 0)
  const requests = [
    requestOf({ body: Buffer.from('{}'), headers: { 'content-type': 'application/json' } }),
    requestOf({ endpoint: '/nothing', status: 404, error: 'Cannot find it', jobId: 7n }),
  ]
  const kept = requests.map((request, index) => ({ ...request, id: index + 1 }))
  for (const request of requests) journal.record(request)
  t.strictSame(
    journal.list().map((entry) => ({ ...entry })),
    kept,
  )
  t.strictSame([journal.lastId, journal.dropped, journal.capacity], [2, 0, 100])
})

t.test('record() drops the oldest of too many requests, and counts them', async (t) => {
  const journal = journalOf({ maxRequests: 3 }, [1, 1, 1])
  t.equal(journal.dropped, 0)
  for (let id = 4; id <= 20; id += 1) {
    journal.record(requestOf())
    t.strictSame(idsOf(journal.list()), [id - 2, id - 1, id])
    t.equal(journal.dropped, id - 3)
  }
})

t.test('record() drops the oldest where bodies and headers take too much', async (t) => {
  const journal = journalOf({ maxBytes: 3 * (ENTRY_BYTES + 100) }, [100, 100, 100])
  t.strictSame(idsOf(journal.list()), [1, 2, 3])
  journal.record(requestOf({ body: Buffer.alloc(101) }))
  t.strictSame(idsOf(journal.list()), [3, 4])
  journal.record(requestOf({ headers: { host: 'x'.repeat(96) } }))
  t.strictSame(idsOf(journal.list()), [4, 5])
  journal.record(requestOf({ headers: { host: undefined } }))
  t.strictSame(idsOf(journal.list()), [4, 5, 6])
  t.equal(journal.dropped, 3)
})

t.test('record() keeps nothing of a request that is too large alone, and goes on', async (t) => {
  const journal = journalOf({ maxBytes: 1000 }, [10, 5000])
  t.strictSame(journal.list(), [])
  t.strictSame([journal.dropped, journal.lastId], [2, 2])
  journal.record(requestOf())
  t.strictSame(idsOf(journal.list()), [3])
})

t.test('a journal that holds no requests counts them as dropped', async (t) => {
  const journal = journalOf({ maxRequests: 0 }, [1, 1])
  t.strictSame(journal.list(), [])
  t.strictSame(journal.since(0), [])
  t.strictSame([journal.lastId, journal.dropped, journal.capacity], [2, 2, 0])
})

t.test('since() gives the requests with a higher id that are still there', async (t) => {
  const journal = journalOf({ maxRequests: 3 }, [1, 1, 1, 1, 1])
  const since = [0, 2, 3, 4, 5, 6].map((id) => idsOf(journal.since(id)))
  t.strictSame(since, [[3, 4, 5], [3, 4, 5], [4, 5], [5], [], []])
})

t.test('clear() forgets all requests and how many were dropped, and ids go on', async (t) => {
  const journal = journalOf({ maxRequests: 2, maxBytes: 2 * ENTRY_BYTES }, [0, 0, 0])
  journal.clear()
  t.strictSame(journal.list(), [])
  t.strictSame([journal.dropped, journal.lastId], [0, 3])
  t.strictSame(journal.since(0), [])
  for (let count = 0; count < 2; count += 1) journal.record(requestOf())
  t.strictSame(idsOf(journal.list()), [4, 5])
  t.strictSame(idsOf(journal.since(4)), [5])
  t.equal(journal.dropped, 0)
})

t.test('a list that was given does not change later', async (t) => {
  const journal = journalOf({ maxRequests: 2 }, [1, 1])
  const before = journal.list()
  journal.record(requestOf())
  journal.clear()
  t.strictSame(idsOf(before), [1, 2])
})

/** What may be done with a journal. */
type Action =
  | { readonly kind: 'record'; readonly size: number; readonly host: string }
  | { readonly kind: 'clear' }

/** A journal as one would write it without a care for speed. */
class ModelJournal {
  readonly #limits: JournalLimits
  entries: { readonly id: number; readonly bytes: number }[] = []
  dropped = 0
  lastId = 0

  constructor(limits: JournalLimits) {
    this.#limits = limits
  }

  do(action: Action): void {
    if (action.kind === 'clear') {
      this.entries = []
      this.dropped = 0
      return
    }
    this.lastId += 1
    const bytes = ENTRY_BYTES + action.size + 'host'.length + action.host.length
    const all = [...this.entries, { id: this.lastId, bytes }]
    const from = all.findIndex((_, index) => this.#fits(all.slice(index)))
    this.entries = from < 0 ? [] : all.slice(from)
    this.dropped += all.length - this.entries.length
  }

  #fits(entries: readonly { readonly bytes: number }[]): boolean {
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
    return entries.length <= this.#limits.maxRequests && bytes <= this.#limits.maxBytes
  }
}

function doTo(journal: Journal, action: Action): void {
  if (action.kind === 'clear') journal.clear()
  else {
    const { size, host } = action
    journal.record(requestOf({ body: Buffer.alloc(size), headers: { host } }))
  }
}

t.test('a journal keeps what its model keeps', async (t) => {
  const anyRecord = fc.record({
    kind: fc.constant('record'),
    size: fc.integer({ min: 0, max: 2000 }),
    host: fc.string({ maxLength: 300 }),
  })
  const anyAction: fc.Arbitrary<Action> = fc.oneof(
    { weight: 12, arbitrary: anyRecord },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear') }) },
  )
  const anyLimits = fc.record({
    maxRequests: fc.integer({ min: 1, max: 8 }),
    maxBytes: fc.integer({ min: 0, max: 8000 }),
  })
  const anyActions = fc.array(anyAction, { maxLength: 40, size: 'max' })
  const property = fc.property(anyLimits, anyActions, fc.nat(45), (limits, actions, sinceId) => {
    const journal = new Journal(limits)
    const model = new ModelJournal(limits)
    for (const action of actions) {
      doTo(journal, action)
      model.do(action)
      const ids = model.entries.map(({ id }) => id)
      assert.deepEqual(idsOf(journal.list()), ids)
      assert.deepEqual(
        idsOf(journal.since(sinceId)),
        ids.filter((id) => id > sinceId),
      )
      assert.deepEqual([journal.dropped, journal.lastId], [model.dropped, model.lastId])
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
})

t.test('record() keeps the headers of each request', async (t) => {
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
  const journal = journalOf()
  for (const headers of rows) journal.record(requestOf({ headers }))
  t.strictSame(
    journal.list().map(({ headers }) => headers),
    rows,
  )
})

t.test('fire() calls listeners after the present task, once for all its changes', async (t) => {
  const signal = new ChangeSignal()
  const called: string[] = []
  signal.listen(() => called.push('first'))
  signal.listen(() => called.push('second'))
  signal.fire()
  signal.fire()
  t.strictSame(called, [])
  await nextTurn()
  t.strictSame(called, ['first', 'second'])
})

t.test('fire() calls again for each change that comes later', async (t) => {
  const signal = new ChangeSignal()
  let calls = 0
  signal.listen(() => {
    calls += 1
  })
  for (const expected of [1, 2, 3]) {
    signal.fire()
    await nextTurn()
    t.equal(calls, expected)
  }
})

t.test('fire() without listeners has no effect on later ones', async (t) => {
  const signal = new ChangeSignal()
  const called: string[] = []
  signal.fire()
  signal.listen(() => called.push('late'))
  await nextTurn()
  t.strictSame(called, [])
})

t.test('listen() returns what ends it, also when a call is due', async (t) => {
  const signal = new ChangeSignal()
  const called: string[] = []
  const stop = signal.listen(() => called.push('stopped'))
  const stopOther = signal.listen(() => called.push('other'))
  t.equal(signal.size, 2)
  signal.fire()
  stop()
  stop()
  t.equal(signal.size, 1)
  await nextTurn()
  t.strictSame(called, ['other'])
  stopOther()
  t.equal(signal.size, 0)
})

t.test('a listener may end another that has not been called yet', async (t) => {
  const signal = new ChangeSignal()
  const called: string[] = []
  signal.listen(() => {
    called.push('first')
    stopSecond()
  })
  const stopSecond = signal.listen(() => called.push('second'))
  signal.fire()
  await nextTurn()
  t.strictSame(called, ['first'])
})

t.test('a listener that listens anew waits for the next change', async (t) => {
  const signal = new ChangeSignal()
  let calls = 0
  const listenOnce = (): void => {
    const stop = signal.listen(() => {
      calls += 1
      stop()
      listenOnce()
    })
  }
  listenOnce()
  signal.fire()
  await nextTurn()
  t.equal(calls, 1)
  signal.fire()
  await nextTurn()
  t.strictSame([calls, signal.size], [2, 1])
})

t.test('a change that a listener makes calls all once more', async (t) => {
  const signal = new ChangeSignal()
  let left = 3
  let calls = 0
  signal.listen(() => {
    left -= 1
    if (left > 0) signal.fire()
  })
  signal.listen(() => {
    calls += 1
  })
  signal.fire()
  await nextTurn()
  t.strictSame([left, calls], [0, 3])
})
