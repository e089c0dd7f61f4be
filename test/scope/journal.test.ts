import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { CHANGE_KINDS, ChangeSignal } from '../../src/scope/change-signal.ts'
import { Journal, type JournalLimits } from '../../src/scope/journal.ts'
import { type Headers, JournalEntry } from '../../src/scope/journal-entry.ts'
import { MAX_TEXT_LENGTH } from '../../src/scope/journal-texts.ts'
import { type KeptRequest, KeptRequests } from '../../src/scope/kept-requests.ts'
import { budgetsOf } from '../support/budgets.ts'
import { collectGarbage, usedMemory } from '../support/collect-garbage.ts'
import { nextTurn } from '../support/next-turn.ts'

/** The entry of an answered `/get/job`, with the facts in `parts`. */
function requestOf(parts: Partial<JournalEntry> = {}): JournalEntry {
  const received = {
    atMs: 1000,
    endpoint: '/get/job',
    headers: {},
    encoding: 'json',
    query: '',
    user: '',
    sourceIp: '127.0.0.1',
    cluster: 'a',
    ...parts,
  } as const
  const { body = Buffer.alloc(0), ...noted } = parts
  const outcome = { durationMs: 0.5, status: 200, decoded: true }
  return Object.assign(new JournalEntry(received, body), outcome, noted)
}

/** What a reader of an entry sees. */
function contentOf(entry: JournalEntry): object {
  return { ...entry, body: entry.body.toString() }
}

/** What an entry of `requestOf` takes besides its body and its headers. */
const ENTRY_BYTES = 300 + '/get/job'.length + '127.0.0.1'.length + 'a'.length

/** What a header takes besides its name and value. */
const HEADER_BYTES = 16

function journalOf(limits: Partial<JournalLimits> = {}, sizes: readonly number[] = []): Journal {
  const all = { maxRequests: 100, maxBytes: 1_000_000, ...limits }
  const journal = new Journal(all, budgetsOf().journals)
  for (const size of sizes) journal.record(requestOf({ body: Buffer.alloc(size) }))
  return journal
}

function idsOf(entries: Iterable<JournalEntry>): number[] {
  return Array.from(entries, ({ id }) => id)
}

t.test('record() keeps a request as it was, with an id that counts from 1', async (t) => {
  const journal = journalOf()
  t.equal(journal.lastId, 0)
  const requests = [
    requestOf({ body: Buffer.from('{}'), headers: { 'content-type': 'application/json' } }),
    requestOf({ endpoint: '/nothing', status: 404, error: 'Cannot find it', jobId: 7n }),
  ]
  const kept = requests.map((request, index) => ({ ...contentOf(request), id: index + 1 }))
  for (const request of requests) journal.record(request)
  t.strictSame(journal.list().map(contentOf), kept)
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
  journal.record(requestOf({ headers: { host: 'x'.repeat(100 - HEADER_BYTES - 'host'.length) } }))
  t.strictSame(idsOf(journal.list()), [4, 5])
  journal.record(requestOf({ headers: {} }))
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
  t.strictSame(idsOf(journal.since(0)), [])
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
  t.strictSame(idsOf(journal.since(0)), [])
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
    const headerBytes = HEADER_BYTES + 'host'.length + action.host.length
    const bytes = ENTRY_BYTES + action.size + headerBytes
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
    const journal = new Journal(limits, budgetsOf().journals)
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

const anyNearest = fc.tuple(fc.string(), fc.string()).map(([rule, reason]) => ({ rule, reason }))

/** Bodies that come again, of which five fill a chunk of a journal. */
const REPEATED = [1, 2].map((byte) => Buffer.alloc(3000, byte))

const anyBody = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...REPEATED) },
  fc.uint8Array({ maxLength: 6000 }).map((bytes) => Buffer.from(bytes)),
)

/** Facts of a request, each of which differs from those of most others. */
const anyFacts = fc.record({
  atMs: fc.nat(),
  endpoint: fc.constantFrom('/a', '/b'),
  encoding: fc.constantFrom('json', 'binary', undefined),
  query: fc.string(),
  user: fc.string(),
  sourceIp: fc.string(),
  cluster: fc.constantFrom('a', 'b'),
  headers: fc.string().map((host) => ({ host })),
  body: anyBody,
  durationMs: fc.double({ noNaN: true }),
  delayMs: fc.nat(),
  status: fc.nat(),
  sentBytes: fc.nat(),
  error: fc.string(),
  decoded: fc.boolean(),
  interrupted: fc.boolean(),
  rule: fc.option(fc.string(), { nil: undefined }),
  faults: fc.array(fc.string(), { maxLength: 2 }),
  unmatched: fc.boolean(),
  nearest: fc.option(anyNearest, { nil: undefined }),
  askedEndpoint: fc.option(fc.string(), { nil: undefined }),
  jobId: fc.option(fc.bigInt({ min: 1n, max: 3n }), { nil: undefined }),
  jobEndpoint: fc.option(fc.string(), { nil: undefined }),
  jobStatus: fc.option(fc.string(), { nil: undefined }),
})

/** Requests in a row whose parts are alike, as those of a poll. */
const anyPoll = fc.record({ body: anyBody, status: fc.constantFrom(200, 400) })

t.test('what was read of a journal never changes', async (t) => {
  const anyRead = fc.nat({ max: 4 })
  const anyAction = fc.oneof(
    { weight: 2, arbitrary: anyFacts },
    { weight: 6, arbitrary: anyPoll },
    anyRead,
  )
  const anyActions = fc.array(anyAction, { size: '+1' })
  const property = fc.property(
    fc.integer({ min: 1, max: 4 }),
    anyActions,
    (maxRequests, actions) => {
      const journal = journalOf({ maxRequests })
      const recorded: object[] = []
      const held: [JournalEntry, object][] = []
      const hold = (entries: Iterable<JournalEntry>) =>
        held.push(
          ...Array.from(entries, (entry): [JournalEntry, object] => [entry, contentOf(entry)]),
        )
      for (const action of actions) {
        if (typeof action === 'number') hold(journal.since(journal.lastId - action))
        else {
          const entry = requestOf(action)
          recorded.push({ ...contentOf(entry), id: recorded.length + 1 })
          journal.record(entry)
          hold([entry])
        }
      }
      for (const [entry, content] of held) assert.deepEqual(contentOf(entry), content)
      assert.deepEqual(journal.list().map(contentOf), recorded.slice(-maxRequests))
    },
  )
  t.doesNotThrow(() => fc.assert(property, { numRuns: 150 }))
})

t.test('a request that was dropped leaves no memory behind', async (t) => {
  const before = usedMemory()
  const journal = journalOf({ maxBytes: 1000 }, [20_000_000])
  // The next collection waits until the memory of buffers is free.
  collectGarbage()
  const takenBytes = usedMemory() - before
  t.ok(takenBytes < 2_000_000, `${takenBytes}`)
  t.equal(journal.dropped, 1)
})

/** A kept request whose parts all differ from those of another number. */
function keptOf(number: number): KeptRequest {
  const { atMs, ...entry } = requestOf({ user: `${number}`, sentBytes: number })
  const chunk = { memory: Buffer.alloc(0), parts: 1, isHeld: false }
  const body = { chunk, start: number, length: number + 1 }
  const parts = { received: entry, outcome: entry, body, bytes: number }
  return { atMs: atMs + number, durationMs: number / 3, parts }
}

t.test('kept requests are returned in the order in which they came', async (t) => {
  const anyActions = fc.array(fc.oneof(fc.constant('add'), fc.constant('take')), {
    maxLength: 300,
    size: 'max',
  })
  const property = fc.property(anyActions, (actions) => {
    const queue = new KeptRequests()
    const model: KeptRequest[] = []
    for (const [number, action] of actions.entries()) {
      if (action === 'add') {
        const kept = keptOf(number)
        queue.add(kept)
        model.push(kept)
      } else assert.equal(queue.take(), model.shift()?.parts)
      const items = Array.from({ length: queue.size + 2 }, (_, index) => queue.at(index - 1))
      assert.deepEqual(items, [undefined, ...model, undefined])
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 200 }))
})

t.test('record() keeps the headers of each request', async (t) => {
  const rows: Headers[] = [
    { host: 'a', accept: '*/*' },
    { host: 'a', accept: '*/*' },
    { host: 'a' },
    { host: 'b' },
    { host: 'b', constructor: 'c' },
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

t.test('everything that is kept of a request counts', async (t) => {
  const bytesOf = (parts: Partial<JournalEntry>) => {
    const journal = journalOf()
    journal.record(requestOf(parts))
    return journal.bytes
  }
  const bare = bytesOf({})
  t.equal(bare, ENTRY_BYTES)
  const long = 'x'.repeat(1000)
  const texts = [
    { endpoint: `/${long}` },
    { user: long },
    { error: long },
    { rule: long },
    { query: long },
  ]
  for (const parts of texts) t.ok(bytesOf(parts) > bare + 980, Object.keys(parts).join())
  t.equal(bytesOf({ body: Buffer.alloc(1000) }), bare + 1000)
  t.equal(bytesOf({ headers: { [long]: 'a' } }), bare + HEADER_BYTES + 1001)
  t.equal(bytesOf({ headers: { a: ['b', long] } }), bare + HEADER_BYTES + 1002 + 2 * 32)
  t.equal(bytesOf({ headers: { a: undefined, b: '' } }), bare + 2 * HEADER_BYTES + 2)
})

/** Headers of a request, as Node makes them. */
function manyHeaders(count: number, request: number): Headers {
  const headers: Record<string, string> = {}
  for (let at = 0; at < count; at += 1) headers[`h${request}-${at}`] = `${request}`
  return headers
}

t.test('what a journal counts for many headers is near what they take in memory', async (t) => {
  for (const count of [20, 100, 800]) {
    const journal = journalOf({ maxRequests: 10_000, maxBytes: 100_000_000 })
    const before = usedMemory()
    for (let made = 0; made < 20_000 / count; made += 1) {
      journal.record(requestOf({ headers: manyHeaders(count, made) }))
    }
    const ratio = journal.bytes / (usedMemory() - before)
    t.ok(ratio > 1 / 2 && ratio < 2, `${count} headers: ${ratio}`)
  }
})

t.test('long texts are cut, with a mark that has their length', async (t) => {
  const journal = journalOf()
  const long = `/${'x'.repeat(14_000)}`
  const headers = { host: 'a', cookie: long, 'set-cookie': [long] }
  const texts = { endpoint: long, user: long, error: long, rule: long }
  journal.record(requestOf({ ...texts, query: long, headers }))
  journal.record(requestOf({ endpoint: long, headers: { ...headers } }))
  const kept = `/${'x'.repeat(MAX_TEXT_LENGTH - 1)}… (14001 characters)`
  const [first, second] = journal.list()
  t.match(first, { endpoint: kept, user: kept, error: kept, rule: kept })
  t.equal(first?.query, long, 'a query is decoded again')
  t.strictSame(first?.headers, { host: 'a', cookie: kept, 'set-cookie': [long] })
  t.equal(second?.endpoint, kept)
  t.equal(second?.headers, first?.headers)
  t.equal(requestOf({ user: 'x'.repeat(MAX_TEXT_LENGTH) }).user.length, MAX_TEXT_LENGTH)
})

t.test('more texts than are shared are kept as they are', async (t) => {
  const journal = journalOf({ maxRequests: 2000 })
  for (let index = 0; index < 1500; index += 1) journal.record(requestOf({ user: `user ${index}` }))
  t.strictSame(
    journal.list().map(({ user }) => user),
    Array.from({ length: 1500 }, (_, index) => `user ${index}`),
  )
})

t.test('a body keeps no other memory than its own', async (t) => {
  const journal = journalOf()
  const slab = Buffer.alloc(1_000_000, 'a')
  const bodies = [slab.subarray(5, 25), slab.subarray(0, 5000), Buffer.from('own')]
  for (const body of bodies) journal.record(requestOf({ body }))
  const kept = journal.list().map(({ body }) => body)
  t.strictSame(kept, bodies)
  t.ok(kept.every(({ buffer }) => buffer.byteLength <= 16 * 1024))
  const whole = Buffer.alloc(20_000)
  journal.record(requestOf({ body: whole }))
  t.equal(journal.list().at(-1)?.body, whole)
})

for (const outcome of ['the same', 'another']) {
  t.test(`a journal of requests with ${outcome} outcome takes about what it counts`, async (t) => {
    const journal = journalOf({ maxRequests: 20_000, maxBytes: 100_000_000 })
    const before = usedMemory()
    const url = `/nothing?${'x'.repeat(3000)}`
    for (let made = 0; made < 20_000; made += 1) {
      const slab = Buffer.alloc(2000)
      const endpoint = `${url}${made}`.slice(0, '/nothing'.length)
      const headers = { host: `${made}`, accept: '*/*' }
      const jobId = outcome === 'another' ? BigInt(made) : 1n
      journal.record(requestOf({ body: slab.subarray(0, 100), endpoint, headers, jobId }))
    }
    const takenBytes = usedMemory() - before
    const ratio = journal.bytes / takenBytes
    t.ok(ratio > 1 / 1.5 && ratio < 1.5, `${ratio}`)
    t.equal(journal.size, 20_000)
  })
}

t.test('since() goes on where requests are recorded and dropped meanwhile', async (t) => {
  const journal = journalOf({ maxRequests: 3 }, [0, 0, 0])
  const seen: number[] = []
  for (const { id } of journal.since(0)) {
    seen.push(id)
    if (id < 6) for (let made = 0; made < 2; made += 1) journal.record(requestOf())
  }
  t.strictSame(seen, [1, 3, 5, 7, 8, 9].slice(0, seen.length))
  t.equal(seen.at(-1), journal.lastId)
})

t.test('a journal that drops many requests keeps the others in order', async (t) => {
  const journal = journalOf({ maxRequests: 5 })
  for (let made = 0; made < 3000; made += 1) journal.record(requestOf())
  t.strictSame(idsOf(journal.list()), [2996, 2997, 2998, 2999, 3000])
  t.strictSame(idsOf(journal.since(2998)), [2999, 3000])
  t.equal(journal.dropped, 2995)
})

/** Journals that share a budget. */
function sharing(maxBytes: number, count: number): readonly Journal[] {
  const { journals } = budgetsOf({ journalBytes: maxBytes })
  const limits = { maxRequests: 1000, maxBytes: 1_000_000 }
  return Array.from({ length: count }, () => new Journal(limits, journals))
}

t.test('over the budget, a journal that holds its share drops its own oldest', async (t) => {
  const [first, second] = sharing(4 * (ENTRY_BYTES + 100), 2)
  for (const journal of [first, first, second, second, second]) {
    journal?.record(requestOf({ body: Buffer.alloc(100) }))
  }
  t.strictSame([idsOf(first?.list() ?? []), first?.dropped], [[1, 2], 0])
  t.strictSame([idsOf(second?.list() ?? []), second?.dropped], [[2, 3], 1])
})

t.test('else the journal that holds the most drops its oldest', async (t) => {
  const [first, second, third] = sharing(4 * (ENTRY_BYTES + 100), 3)
  for (const journal of [first, second, second, second, third]) {
    journal?.record(requestOf({ body: Buffer.alloc(100) }))
  }
  const kept = [first, second, third].map((journal) => idsOf(journal?.list() ?? []))
  t.strictSame(kept, [[1], [2, 3], [1]])
  t.strictSame([first?.dropped, second?.dropped, third?.dropped], [0, 1, 0])
})

t.test('a journal that is cleared or closed frees its part of the budget', async (t) => {
  const budget = budgetsOf({ journalBytes: 1000 }).journals
  const limits = { maxRequests: 10, maxBytes: 10_000 }
  const [first, second] = [new Journal(limits, budget), new Journal(limits, budget)]
  first.record(requestOf())
  second.record(requestOf())
  first.clear()
  t.equal(budget.usedBytes, second.bytes)
  second.close()
  t.equal(budget.usedBytes, 0)
  first.record(requestOf({ body: Buffer.alloc(500) }))
  t.equal(first.size, 1)
  first.record(requestOf({ body: Buffer.alloc(2000) }))
  t.strictSame([first.size, first.dropped, budget.usedBytes], [0, 2, 0])
  first.dropOldest()
  t.equal(first.dropped, 2)
})

t.test('fire() calls listeners after the present task, once for all its changes', async (t) => {
  const signal = new ChangeSignal()
  const called: string[] = []
  signal.listen(() => called.push('first'))
  signal.listen(() => called.push('second'))
  signal.fire('jobs')
  signal.fire('jobs')
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
    signal.fire('jobs')
    await nextTurn()
    t.equal(calls, expected)
  }
})

t.test('fire() without listeners has no effect on later ones', async (t) => {
  const signal = new ChangeSignal()
  const called: string[] = []
  signal.fire('jobs')
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
  signal.fire('jobs')
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
  signal.fire('jobs')
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
  signal.fire('jobs')
  await nextTurn()
  t.equal(calls, 1)
  signal.fire('jobs')
  await nextTurn()
  t.strictSame([calls, signal.size], [2, 1])
})

t.test('a change that a listener makes calls all once more', async (t) => {
  const signal = new ChangeSignal()
  let left = 3
  let calls = 0
  signal.listen(() => {
    left -= 1
    if (left > 0) signal.fire('jobs')
  })
  signal.listen(() => {
    calls += 1
  })
  signal.fire('jobs')
  await nextTurn()
  t.strictSame([left, calls], [0, 3])
})

t.test('fire() counts the changes of each kind, also without listeners', async (t) => {
  const signal = new ChangeSignal()
  const before = signal.revisions
  t.strictSame(Object.keys(before), [...CHANGE_KINDS])
  for (const kind of CHANGE_KINDS) {
    signal.fire(kind)
    signal.fire(kind)
    t.equal(signal.revisions[kind], before[kind] + 2, kind)
  }
  t.strictSame(
    Object.values(before),
    CHANGE_KINDS.map(() => 0),
    'what was read does not change',
  )
})

t.test('a signal reports its changes to its parent, which is listened to apart', async (t) => {
  const [parent, one, other] = [new ChangeSignal(), new ChangeSignal(), new ChangeSignal()]
  one.fire('jobs')
  one.reportTo(parent)
  other.reportTo(parent)
  let calls = 0
  parent.listen(() => {
    calls += 1
  })
  one.fire('jobs')
  other.fire('jobs')
  other.fire('clock')
  await nextTurn()
  t.strictSame([parent.revisions.jobs, parent.revisions.clock, calls], [2, 1, 1])
  t.strictSame([one.size, one.revisions.jobs, parent.size], [0, 2, 1])
})
