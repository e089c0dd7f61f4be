import fc from 'fast-check'
import t from 'tap'
import { DueQueue } from '../../src/clock/due-queue.ts'
import { answerEncoding, ENCODINGS, RESULT_ENCODINGS } from '../../src/jobs/encoding.ts'
import { keyOfId } from '../../src/jobs/id-key.ts'
import { isJobList, isJobRecord, isJobTag, type JobDefinition } from '../../src/jobs/job.ts'
import { JobError } from '../../src/jobs/job-error.ts'
import { type JobKind, JobKinds, kindOf } from '../../src/jobs/job-kind.ts'
import { begin } from '../../src/jobs/job-state.ts'
import { JobTable } from '../../src/jobs/job-table.ts'
import { JobTags } from '../../src/jobs/job-tags.ts'
import { defaultCancelPolicy, evenStep, plainLifecycle } from '../../src/jobs/lifecycle.ts'
import { ONLY_PLACEMENT } from '../../src/jobs/placement.ts'
import { ECHO, type Result, soleEncoding } from '../../src/jobs/result.ts'
import { StoredJob } from '../../src/jobs/stored-job.ts'
import { collectGarbage } from '../support/collect-garbage.ts'
import { jobOf } from '../support/job-definition.ts'
import { lifecycleOf } from '../support/lifecycles.ts'
import { madeTag, madeUuids } from '../support/made-tags.ts'
import { nextTurn } from '../support/next-turn.ts'

t.test('isJobTag() accepts letters, digits, _ and -', async (t) => {
  for (const text of ['a', 'Z', '0', '_', '-', 'nightly_2026-01-01', 'a'.repeat(255)]) {
    t.ok(isJobTag(text), text)
  }
})

t.test('isJobTag() accepts a UUID, the form of generated tags', async (t) => {
  t.ok(isJobTag('00000000-0000-4000-8000-000000000001'))
})

t.test('isJobTag() rejects every other string', async (t) => {
  for (const text of ['', ' ', 'a b', 'a.b', 'a/b', 'tag\n', '\ntag', 'é', '٣', 'a'.repeat(256)]) {
    t.notOk(isJobTag(text), JSON.stringify(text))
  }
})

const RECORDS = [{}, { field: 1n }, { length: 0 }]
const LISTS = [[], [1n], [{}]]
const OTHERS = [undefined, null, true, 0, 0n, '', 'text', Buffer.alloc(0), Buffer.from('ab')]

t.test('isJobRecord() accepts records and maps only', async (t) => {
  t.ok(RECORDS.every(isJobRecord))
  t.notOk([...LISTS, ...OTHERS].some((value) => isJobRecord(value)))
})

t.test('isJobList() accepts lists only', async (t) => {
  t.ok(LISTS.every(isJobList))
  t.notOk([...RECORDS, ...OTHERS].some((value) => isJobList(value)))
})

/** Those of `tableOf()`. */
const tags = new JobTags(madeUuids()())

function named(id: bigint, tag: string, placement = ONLY_PLACEMENT): StoredJob {
  return new StoredJob(kindOf(jobOf(), { placement, tags }), {
    id,
    ownTag: tag === tags.of(id) ? undefined : tag,
    request: {},
    state: begin(0),
  })
}

function tableOf(): JobTable {
  return new JobTable({ newUuid: madeUuids(), maxJobs: 10 })
}

t.test('JobTable finds a job by its id and by its tag until it is deleted', async (t) => {
  const table = tableOf()
  const job = named(7n, 'seven')
  table.add(job)
  t.strictSame([table.find({ id: 7n }), table.find({ tag: 'seven' })], [job, job])
  t.strictSame([table.size, [...table.values()]], [1, [job]])
  table.delete(job)
  t.strictSame([table.find({ id: 7n }), table.find({ tag: 'seven' })], [undefined, undefined])
  t.equal(table.size, 0)
})

t.test('get() names the missing job', async (t) => {
  const table = tableOf()
  const reason = 'it was never created, or is gone'
  const code = 'JOB_NOT_FOUND'
  t.throws(() => table.get({ id: 7n }), { code, message: `Cannot find job 7: ${reason}` })
  t.throws(() => table.get({ tag: 'x' }), {
    code,
    message: `Cannot find the job tagged x: ${reason}`,
  })
})

t.test('offer() returns the wanted names and generates the others', async (t) => {
  const table = tableOf()
  t.strictSame(table.offer({ id: 7n, tag: 'mine' }), {
    id: 7n,
    tag: 'mine',
    ownTag: 'mine',
    placement: ONLY_PLACEMENT,
  })
  t.strictSame(table.offer({ tag: 'mine' }), {
    id: 1n,
    tag: 'mine',
    ownTag: 'mine',
    placement: ONLY_PLACEMENT,
  })
  t.strictSame(table.offer({ id: 7n }), {
    id: 7n,
    tag: madeTag(7),
    ownTag: undefined,
    placement: ONLY_PLACEMENT,
  })
})

t.test('offer() skips ids in use and offers a name again until a job has it', async (t) => {
  const table = tableOf()
  table.add(named(2n, 'two'))
  for (const id of [1n, 3n, 4n]) {
    const tag = madeTag(id)
    const offer = { id, tag, ownTag: undefined, placement: ONLY_PLACEMENT }
    t.strictSame([table.offer({}), table.offer({})], [offer, offer])
    table.add(named(id, tag))
  }
})

t.test(
  'a tag is unique on each cluster, and jobs of one tag come and go in any order',
  async (t) => {
    const at = (...clusters: readonly string[]) => ({
      home: clusters[0] ?? '',
      on: new Set(clusters),
    })
    const jobs = ['a', 'b', 'c'].map((cluster, index) => {
      return named(BigInt(index + 1), 'same', at(cluster))
    })
    const found = (table: JobTable) =>
      ['a', 'b', 'c', undefined].map((cluster) => {
        const where = cluster === undefined ? {} : { at: cluster }
        return table.find({ tag: 'same', ...where })?.id
      })
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
      [1, 2, 0],
    ]) {
      const table = tableOf()
      for (const job of jobs) table.add(job)
      t.strictSame(found(table), [1n, 2n, 3n, 1n])
      t.throws(() => table.offer({ tag: 'same', placement: at('d', 'b') }), {
        code: 'JOB_TAG_TAKEN',
      })
      t.doesNotThrow(() => table.offer({ tag: 'same', placement: at('d') }))
      for (const index of order) {
        const job = jobs[index]
        if (job) table.delete(job)
        t.equal(table.find({ tag: 'same', at: String.fromCharCode(97 + index) }), undefined)
      }
      t.strictSame(found(table), [undefined, undefined, undefined, undefined])
    }
  },
)

t.test('keyOfId() is a number that equals the id, or the id if no number is exact', async (t) => {
  const safe = [0n, 1n, -1n, 2n ** 53n - 1n, 1n - 2n ** 53n]
  t.strictSame(safe.map(keyOfId), safe.map(Number))
  const large = [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 53n)]
  t.strictSame(large.map(keyOfId), large)
})

t.test('JobTags makes a UUID of version 8 for each id, and reads the id from it', async (t) => {
  const own = new JobTags('01234567-89ab-4cde-bf01-23456789abcd')
  t.equal(own.of(42n), '01234567-89ab-8cd0-8000-00000000002a')
  t.equal(own.of(2n ** 48n - 1n), '01234567-89ab-8cd0-8000-ffffffffffff')
  t.equal(own.of(2n ** 48n), '01234567-89ab-8cd0-8001-000000000000')
  t.equal(own.of(2n ** 63n - 1n), '01234567-89ab-8cd7-8fff-ffffffffffff')
  for (const id of [0n, 1n, 2n ** 53n + 1n, 2n ** 60n, 2n ** 63n - 1n, -1n, -(2n ** 63n)]) {
    t.equal(own.idOf(own.of(id)), id)
    t.equal(tags.idOf(own.of(id)), undefined)
  }
  const [head, tail] = ['01234567-89ab-8cd0-8', '000-00000000002a']
  const others = [head, `${head}000`, `${head}${tail}0`, `${head}000-00000000002A`, '', 'nightly']
  for (const other of others) t.equal(own.idOf(other), undefined, other)
})

t.test(
  'a made tag needs no entry, and finds its job on its clusters until it is gone',
  async (t) => {
    const table = tableOf()
    const job = named(7n, madeTag(7))
    t.strictSame([job.ownTag, job.tag], [undefined, madeTag(7)])
    table.add(job)
    t.equal(table.find({ tag: madeTag(7) }), job)
    t.equal(table.find({ tag: madeTag(7), at: 'b' }), undefined)
    t.equal(table.find({ tag: madeTag(8) }), undefined)
    t.throws(() => table.offer({ tag: madeTag(7) }), { code: 'JOB_TAG_TAKEN' })
    const elsewhere = named(8n, madeTag(7), { home: 'b', on: new Set('b') })
    table.add(elsewhere)
    t.equal(table.find({ tag: madeTag(7), at: 'b' }), elsewhere)
    t.equal(table.find({ tag: madeTag(7) }), job)
    table.delete(job)
    t.equal(table.find({ tag: madeTag(7) }), elsewhere)
  },
)

t.test('a tag that a client took before its id was used is not made again', async (t) => {
  const table = tableOf()
  const taken = named(7n, madeTag(1))
  table.add(taken)
  t.equal(table.find({ tag: madeTag(7) }), undefined)
  const { id, tag } = table.offer({})
  t.strictSame([id, tag], [1n, '00000000-0000-4000-8000-000000000002'])
  const other = named(id, tag)
  table.add(other)
  t.strictSame([table.find({ tag }), table.find({ tag: madeTag(1) })], [other, taken])
})

t.test('assertAllFree() knows the tags that will be made', async (t) => {
  const table = tableOf()
  const code = 'JOB_TAG_TAKEN'
  t.throws(() => table.assertAllFree([{ id: 5n }, { tag: madeTag(5) }]), { code })
  t.doesNotThrow(() => table.assertAllFree([{ tag: madeTag(5) }, { id: 5n }]))
})

t.test('offer() never returns a generated id again, but may return a wanted one', async (t) => {
  const table = tableOf()
  const { id, tag } = table.offer({})
  const generated = named(id, tag)
  table.add(generated)
  table.delete(generated)
  t.equal(table.offer({}).id, 2n)
  table.offer({ id: 2n })
  const wanted = named(2n, 'two')
  table.add(wanted)
  table.delete(wanted)
  t.equal(table.offer({}).id, 2n)
})

t.test('offer() returns a wanted id that has become free since the last offer', async (t) => {
  const table = tableOf()
  const [one, two] = [named(1n, 'one'), named(2n, 'two')]
  table.add(one)
  table.add(two)
  t.equal(table.offer({}).id, 3n)
  table.delete(two)
  t.equal(table.offer({}).id, 2n)
})

const START_MS = 1_700_000_000_000

const OWN = { id: 7n, ownTag: 'nightly', state: begin(START_MS) }

/** A job with this definition, but its own names. */
function stored(definition: JobDefinition): StoredJob {
  const { request, sent } = definition
  return new StoredJob(kindOf(definition, { placement: ONLY_PLACEMENT, tags }), {
    ...OWN,
    request,
    sent,
  })
}

t.test(
  'StoredJob has the fields of its definition, its own names and its start as creation time',
  async (t) => {
    const definition = jobOf({
      id: 1n,
      tag: 'other',
      request: { table_name: 'orders' },
      result: { kind: 'fields', fields: { table_name: 'orders' } },
      encoding: 'json',
      caller: { user: 'ann', sourceIp: '10.0.0.1' },
      keep: 'always',
    })
    const placement = ONLY_PLACEMENT
    const { id, ownTag, state } = OWN
    const names = { id, tag: ownTag, ownTag, key: 7, state, createdAtMs: START_MS }
    const expected = { ...definition, ...names, placement, polls: 0, bytes: 0 }
    t.match(stored(definition), expected)
    t.equal(stored(definition).request, definition.request)
  },
)

t.test('StoredJob keeps a request as it was sent, and decodes it when it is read', async (t) => {
  const decoded: string[] = []
  const decode = (bytes: string) => {
    decoded.push(bytes)
    return { table_name: bytes }
  }
  const job = stored(jobOf({ request: { table_name: 'sent' }, sent: { bytes: 'orders', decode } }))
  t.strictSame(decoded, [])
  t.strictSame([job.request, job.request], [{ table_name: 'orders' }, { table_name: 'orders' }])
  t.strictSame(decoded, ['orders', 'orders'])
})

const TEXT: Result = { kind: 'raw', payload: 'raw' }

const BYTES: Result = { kind: 'raw', payload: Buffer.from('raw') }

t.test('kindOf() has the encoding of a raw result instead of that of the content', async (t) => {
  for (const encoding of RESULT_ENCODINGS) {
    const encodings = [ECHO, TEXT, BYTES].map(
      (result) => kindOf(jobOf({ encoding, result }), { placement: ONLY_PLACEMENT, tags }).encoding,
    )
    t.strictSame(encodings, [encoding, 'json', 'binary'])
  }
})

t.test(
  'JobKinds shares the last kind of an endpoint while all its parts are the same',
  async (t) => {
    const kinds = new JobKinds()
    const kind = kindOf(jobOf({ result: ECHO }), { placement: ONLY_PLACEMENT, tags })
    t.equal(kinds.share(kind), kind)
    t.equal(kinds.share({ ...kind, endpoint: '/other' }).endpoint, '/other')
    t.equal(kinds.share({ ...kind }), kind)
    const changes: Partial<JobKind>[] = [
      { placement: { ...ONLY_PLACEMENT } },
      { result: TEXT },
      { encoding: kind.encoding === 'json' ? 'binary' : 'json' },
      { lifecycle: { ...kind.lifecycle } },
      { caller: { ...kind.caller } },
      { keep: 'always' },
      { decode: () => ({}) },
    ]
    for (const change of changes) {
      const changed = { ...kind, ...change }
      t.equal(kinds.share(changed), changed, Object.keys(change).join())
      t.equal(kinds.share({ ...changed }), changed)
      t.equal(kinds.share(kind), kind)
    }
  },
)

t.test('view() is a snapshot that later events do not change', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'after', afterMs: 100, progress: 80 }])
  const job = stored(jobOf({ lifecycle }))
  job.polls = 2
  const view = job.view(START_MS + 50)
  t.equal(view.job, job)
  job.polls = 3
  job.state = { ...job.state, progress: 70, sinceMs: START_MS + 50 }
  t.strictSame(
    { ...view, job: undefined },
    { job: undefined, state: begin(START_MS), progress: 40, polls: 2 },
  )
  t.strictSame([job.view(START_MS + 50).progress, job.view(START_MS + 50).polls], [70, 3])
})

t.test('evenStep() moves progress evenly to the end', async (t) => {
  t.strictSame(evenStep(250), { ends: 'after', afterMs: 250, progress: 100 })
})

t.test('plainLifecycle() runs for a time and ends DONE', async (t) => {
  t.strictSame(plainLifecycle(250, { afterMs: 5 }), {
    steps: [{ ends: 'after', afterMs: 250, progress: 100 }],
    outcome: 'DONE',
    error: '',
    cancel: { afterMs: 5 },
  })
})

t.test('defaultCancelPolicy() refuses for inserts, updates and deletes', async (t) => {
  const refusing = [
    '/insert/records',
    '/insert/records/fromfiles',
    '/insert/symbol',
    '/update/records',
    '/update/records/byseries',
    '/delete/records',
  ]
  for (const endpoint of refusing) t.equal(defaultCancelPolicy(endpoint), 'refuse', endpoint)
})

t.test('defaultCancelPolicy() is immediate for every other endpoint', async (t) => {
  const others = [
    '/alter/table',
    '/delete/graph',
    '/delete/records/x',
    '/x/delete/records',
    '/x/insert/records',
    '/insertion/records',
    '/updates',
    '/admin/rebalance',
  ]
  for (const endpoint of others) t.equal(defaultCancelPolicy(endpoint), 'immediate', endpoint)
})

t.test('soleEncoding() is json for a string, binary for bytes, undefined for fields', async (t) => {
  const payloads = ['', '{"a"', Buffer.alloc(0), Buffer.from([0])]
  const encodings = payloads.map((payload) => soleEncoding({ kind: 'raw', payload }))
  t.strictSame(encodings, ['json', 'json', 'binary', 'binary'])
  t.equal(soleEncoding(ECHO), undefined)
})

t.test('answerEncoding() answers snappy with binary', async (t) => {
  t.strictSame(ENCODINGS.map(answerEncoding), ['json', 'binary', 'binary'])
})

t.test('an empty DueQueue returns undefined', async (t) => {
  const queue = new DueQueue<string>()
  t.equal(queue.nextAt(), undefined)
  t.equal(queue.peek(), undefined)
  t.equal(queue.pop(), undefined)
})

t.test('DueQueue returns the item with the smallest number first', async (t) => {
  const queue = new DueQueue<string>()
  queue.push('later', 30)
  queue.push('soon', 10)
  queue.push('between', 20)
  t.equal(queue.nextAt(), 10)
  t.equal(queue.peek(), 'soon')
  t.strictSame(
    [queue.pop(), queue.pop(), queue.pop(), queue.pop()],
    ['soon', 'between', 'later', undefined],
  )
})

t.test('peek() and nextAt() do not remove the item', async (t) => {
  const queue = new DueQueue<string>()
  queue.push('only', 5)
  queue.peek()
  queue.nextAt()
  t.equal(queue.pop(), 'only')
})

t.test('DueQueue keeps the order for any sequence of pushes and pops', async (t) => {
  const anyActions = fc.array(fc.option(fc.integer({ min: 0, max: 20 })), { size: 'medium' })
  const property = fc.property(anyActions, (actions) => {
    const queue = new DueQueue<number>()
    let expected: number[] = []
    return actions.every((at) => {
      if (at === null) {
        const [least, ...rest] = expected
        expected = rest
        return queue.nextAt() === least && queue.peek() === least && queue.pop() === least
      }
      queue.push(at, at)
      expected = [...expected, at].sort((left, right) => left - right)
      return queue.nextAt() === expected[0]
    })
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
})

t.test('DueQueue releases the memory of popped items', async (t) => {
  const queue = new DueQueue<object>()
  const items = Array.from({ length: 10 }, (_, at) => pushNew(queue, at))
  takeMany(queue, 9)
  await nextTurn()
  collectGarbage()
  const kept = items.map((item) => item.deref() !== undefined)
  t.strictSame(kept, [...Array(9).fill(false), true])
  t.equal(queue.nextAt(), 9)
})

t.test(
  'prune() removes outdated items once there are more of them than current ones',
  async (t) => {
    const queue = new DueQueue<string>()
    for (let at = 0; at < 70; at += 1) queue.push(at % 7 === 0 ? `at ${at}` : 'outdated', at)
    const isCurrent = (item: string) => item !== 'outdated'
    queue.prune(10, isCurrent)
    t.equal(queue.pop(), 'at 0')
    t.equal(queue.pop(), 'outdated')
    queue.prune(1, isCurrent)
    const left = Array.from({ length: 10 }, () => [queue.nextAt(), queue.pop()])
    const current = [7, 14, 21, 28, 35, 42, 49, 56, 63].map((at) => [at, `at ${at}`])
    t.strictSame(left, [...current, [undefined, undefined]])
  },
)

t.test('prune() keeps one of equal items, however often it is pushed', async (t) => {
  const queue = new DueQueue<string>()
  for (let push = 0; push < 1000; push += 1) {
    queue.push('same', 5)
    queue.prune(1, (_, at) => at === 5)
  }
  let left = 0
  while (queue.pop() !== undefined) left += 1
  t.ok(left < 100, `${left}`)
})

function pushNew(queue: DueQueue<object>, at: number): WeakRef<object> {
  const item = { at }
  queue.push(item, at)
  return new WeakRef(item)
}

function takeMany(queue: DueQueue<object>, count: number): void {
  for (let taken = 0; taken < count; taken += 1) queue.pop()
}

t.test('JobError is an error with a name, a code and a message', async (t) => {
  const error = new JobError('JOB_NOT_FOUND', 'Cannot find job 7')
  t.ok(error instanceof Error)
  t.equal(error.name, 'JobError')
  t.equal(error.code, 'JOB_NOT_FOUND')
  t.equal(error.message, 'Cannot find job 7')
  t.equal(String(error), 'JobError: Cannot find job 7')
})
