import t from 'tap'
import { createMap } from '../../src/avro/avro-value.ts'
import { recordBytes, resultBytes } from '../../src/jobs/content-bytes.ts'
import type { JobDefinition, JobRecord } from '../../src/jobs/job.ts'
import { JobBudget } from '../../src/jobs/job-budget.ts'
import { JobRegistry } from '../../src/jobs/job-registry.ts'
import { plainLifecycle } from '../../src/jobs/lifecycle.ts'
import type { Column, Result, RowSet } from '../../src/jobs/result.ts'
import { frozenClock } from '../support/clocks.ts'
import { usedMemory } from '../support/collect-garbage.ts'
import { jobOf } from '../support/job-definition.ts'
import { madeUuids } from '../support/made-tags.ts'
import { nextTurn } from '../support/next-turn.ts'
import { thrownMessage } from '../support/thrown-message.ts'

/** Two scopes that share a budget and a clock. */
function twoScopes(maxBytes: number) {
  const clock = frozenClock(1000)
  const budget = new JobBudget(maxBytes)
  const newUuid = madeUuids()
  const limits = { maxJobs: 1000, maxFinished: 1000, retentionMs: 1_000_000 }
  const open = () => new JobRegistry({ clock, newUuid, limits, budget })
  return { clock, budget, first: open(), second: open() }
}

const RUNNING = plainLifecycle(10_000, 'immediate')
const DONE = plainLifecycle(0, 'immediate')

/** A job with a request of about 10,000 bytes. */
function large(lifecycle = RUNNING, parts: Partial<JobDefinition> = {}): JobDefinition {
  return jobOf({ lifecycle, request: { statement: 'x'.repeat(10_000) }, ...parts })
}

function idsOf(jobs: JobRegistry): bigint[] {
  return jobs.list().map(({ job }) => job.id)
}

t.test('a job over the budget removes the oldest finished jobs of its own scope', async (t) => {
  const { first, second } = twoScopes(45_000)
  second.add(large(DONE))
  for (const lifecycle of [DONE, RUNNING, DONE]) first.add(large(lifecycle))
  first.add(large())
  t.strictSame(idsOf(first), [2n, 3n, 4n])
  first.add(large())
  t.strictSame(idsOf(first), [2n, 4n, 5n])
  t.strictSame(idsOf(second), [1n])
})

t.test('then it removes those of other scopes, in order of their end', async (t) => {
  const { first, second, clock, budget } = twoScopes(35_000)
  const third = new JobRegistry({
    clock,
    newUuid: madeUuids(),
    limits: { maxJobs: 9, maxFinished: 9, retentionMs: 1000 },
    budget,
  })
  second.add(large(DONE))
  third.add(large(DONE))
  second.add(large(DONE, { keep: 'first answer' }))
  third.settle()
  second.settle()
  first.add(large())
  t.strictSame([idsOf(second), idsOf(third)], [[2n], [1n]])
  first.add(large())
  t.strictSame([idsOf(second), idsOf(third)], [[2n], []])
  first.add(large())
  t.strictSame([idsOf(first), idsOf(second)], [[1n, 2n, 3n], []])
})

t.test('a job that cannot fit is rejected, and removes no job', async (t) => {
  const { first, second } = twoScopes(35_000)
  first.add(large())
  second.add(large(DONE))
  const huge = { request: { statement: 'x'.repeat(30_000) } }
  const write = () => {
    t.fail('the content is not wanted')
    return large()
  }
  t.throws(() => first.create(huge, write), { name: 'JobError', code: 'TOO_MANY_JOB_BYTES' })
  t.throws(() => first.add({ ...large(), ...huge }), { code: 'TOO_MANY_JOB_BYTES' })
  t.match(
    thrownMessage(() => first.create(huge, write)),
    /^Cannot take \d+ bytes for a job: the jobs of all scopes have \d+ of at most 35000 bytes, raise max-job-bytes$/,
  )
  t.strictSame([idsOf(first), idsOf(second)], [[1n], [1n]])
  t.equal(first.create({ request: {} }, () => large()).id, 2n)
})

t.test('a request that is kept as it was sent counts its bytes, not its record', async (t) => {
  const { first, budget } = twoScopes(1_000_000)
  const request = { options: createMap([['key', 'x'.repeat(1000)]]) }
  const sent = { bytes: 'y'.repeat(100), decode: () => request }
  first.create({ request, sent }, () => ({ ...jobOf({ lifecycle: RUNNING, request }), sent }))
  t.ok(budget.usedBytes < 1000)
  t.equal(first.get({ id: 1n }).job.request, request)
  t.equal(budget.bytesFor([jobOf({ lifecycle: RUNNING, request, sent })]) < 1000, true)
  first.remove({ id: 1n })
  t.equal(budget.usedBytes, 0)
})

t.test('the caller of a job counts once for the jobs that share it', async (t) => {
  const { first, budget } = twoScopes(25_000)
  const by = (user: string) => ({ user: user.repeat(10_000), sourceIp: '127.0.0.1' })
  const caller = by('u')
  const create = (one: typeof caller) => first.create({ request: {} }, () => jobOf({ caller: one }))
  create(caller)
  const before = budget.usedBytes
  t.ok(before > 10_000)
  create(caller)
  t.ok(budget.usedBytes - before < 1000)
  create(by('v'))
  t.throws(() => create(by('w')), { code: 'TOO_MANY_JOB_BYTES' })
  t.ok(budget.bytesFor([jobOf({ caller: by('x') })]) > 10_000)
  for (const id of [1n, 2n]) first.remove({ id })
  t.ok(budget.usedBytes > 10_000)
  first.remove({ id: 3n })
  t.equal(budget.usedBytes, 0)
})

t.test('the tag that a client gives a job counts', async (t) => {
  const { first, budget } = twoScopes(25_000)
  first.create({ request: {} }, () => jobOf())
  const untagged = budget.usedBytes
  first.remove({ id: 1n })
  first.create({ request: {}, tag: 't'.repeat(255) }, () => jobOf())
  t.ok(budget.usedBytes - untagged > 255)
  const more = budget.bytesFor([jobOf({ tag: 'u'.repeat(255) })]) - budget.bytesFor([jobOf()])
  t.equal(more, budget.usedBytes - untagged)
})

t.test('jobs of fixtures are not removed, and their content counts once', async (t) => {
  const { first, second, budget } = twoScopes(25_000)
  const fixture = large(DONE, { keep: 'always' })
  first.add(fixture)
  const before = budget.usedBytes
  second.add({ ...fixture, id: 9n })
  t.equal(budget.usedBytes - before < 1000, true)
  t.throws(() => first.add(large(RUNNING, { request: { statement: 'x'.repeat(15_000) } })), {
    code: 'TOO_MANY_JOB_BYTES',
  })
  first.close()
  t.equal(budget.usedBytes > 10_000, true)
  second.close()
  t.equal(budget.usedBytes, 0)
})

t.test('bytesFor() counts content once that several jobs share', async (t) => {
  const { first, budget } = twoScopes(1_000_000)
  const fixture = large(RUNNING, { keep: 'always' })
  const one = budget.bytesFor([fixture])
  const two = budget.bytesFor([fixture, { ...fixture }])
  t.equal(one > 10_000, true)
  t.equal(two - one < 1000, true)
  t.equal(budget.bytesFor([large(), large()]) > 20_000, true)
  first.makeRoomFor([fixture])
  first.add(fixture)
  t.equal(budget.usedBytes, one)
  t.equal(budget.bytesFor([fixture]), two - one)
})

const BIG: Result = { kind: 'raw', payload: 'x'.repeat(10_000) }

t.test('a result counts once for the jobs that share it, until the last is gone', async (t) => {
  const { first, budget } = twoScopes(1_000_000)
  for (const id of [1n, 2n, 3n]) first.add(jobOf({ id, result: BIG }))
  t.equal(budget.usedBytes < 14_000, true)
  first.remove({ id: 1n })
  first.remove({ id: 2n })
  t.equal(budget.usedBytes > 10_000, true)
  first.remove({ id: 3n })
  t.equal(budget.usedBytes, 0)
})

t.test('rows count once for results that share them, until the last is gone', async (t) => {
  const column: Column = { name: 'a', type: 'string', item: 'string', nullable: true }
  const rows = Array.from({ length: 100 }, () => ['x'.repeat(100), null])
  const set: RowSet = { columns: [column, column], rows, hasTemplates: false }
  const { first, budget } = twoScopes(1_000_000)
  const jobs = [1n, 2n, 3n].map((id) => {
    return jobOf({ id, result: { kind: 'rows', set, fields: { info: `of ${id}` } } })
  })
  // A list of two cells, and a text of 100 characters, a row.
  const bytes = 100 * (48 + 2 * 8 + 24 + 100)
  t.ok(budget.bytesFor(jobs) > bytes)
  t.ok(budget.bytesFor(jobs) < bytes + 3000)
  for (const job of jobs) first.add(job)
  t.ok(budget.usedBytes > bytes)
  t.ok(budget.usedBytes < bytes + 3000)
  first.revise({ id: 1n }, { result: BIG })
  first.remove({ id: 2n })
  t.ok(budget.usedBytes > bytes)
  first.remove({ id: 3n })
  t.ok(budget.usedBytes < bytes)
  first.remove({ id: 1n })
  t.equal(budget.usedBytes, 0)
})

t.test(
  'a change of a job changes what it counts, and is rejected if it does not fit',
  async (t) => {
    const { first, budget } = twoScopes(15_000)
    first.add(jobOf({ lifecycle: RUNNING }))
    first.add(jobOf({ lifecycle: RUNNING }))
    const before = budget.usedBytes
    first.revise({ id: 1n }, { result: BIG, progress: 5 })
    t.equal(budget.usedBytes - before > 10_000, true)
    const other = { ...BIG, payload: 'y'.repeat(10_000) }
    const refused = { code: 'TOO_MANY_JOB_BYTES' }
    t.throws(() => first.revise({ id: 2n }, { result: other }), refused)
    t.throws(() => first.finish({ id: 2n }, { outcome: 'DONE', result: other }), refused)
    t.equal(first.get({ id: 2n }).state.status, 'RUNNING')
    first.finish({ id: 1n }, { outcome: 'DONE', result: { kind: 'raw', payload: '' } })
    t.equal(budget.usedBytes - before < 1000, true)
  },
)

t.test('a lifecycle, an error or rows that do not fit are rejected', async (t) => {
  const { first, budget } = twoScopes(15_000)
  const job = { id: 1n }
  first.add(jobOf({ lifecycle: RUNNING }))
  const before = budget.usedBytes
  const refused = { code: 'TOO_MANY_JOB_BYTES' }
  const steps = Array.from({ length: 1000 }, () => ({ ends: 'hold' }) as const)
  t.throws(() => first.revise(job, { lifecycle: { ...RUNNING, steps } }), refused)
  t.throws(() => first.finish(job, { outcome: 'ERROR', error: 'e'.repeat(20_000) }), refused)
  const set: RowSet = { columns: [], rows: [['x'.repeat(20_000)]], hasTemplates: false }
  const rows: Result = { kind: 'rows', set, fields: {} }
  t.throws(() => first.revise(job, { result: rows }), refused)
  t.equal(budget.usedBytes, before)
  t.equal(first.get(job).state.status, 'RUNNING')
})

t.test('a job can end although there is no room', async (t) => {
  const { first } = twoScopes(11_000)
  first.add(large())
  t.throws(() => first.add(large()), { code: 'TOO_MANY_JOB_BYTES' })
  t.equal(first.finish({ id: 1n }, { outcome: 'ERROR' }).state.status, 'ERROR')
})

t.test('whatever happens to jobs, none counts when all are gone', async (t) => {
  const { first, budget, clock } = twoScopes(1_000_000)
  const lifecycle = { ...RUNNING, error: 'it failed' }
  for (const id of [1n, 2n, 3n, 4n, 5n]) first.add(large(lifecycle, { id }))
  first.add(large(DONE, { id: 6n, keep: 'first answer' }))
  first.cancel({ id: 1n })
  first.revise({ id: 2n }, { lifecycle: DONE })
  first.finish({ id: 3n }, { outcome: 'ERROR', error: 'why not' })
  first.remove({ id: 4n })
  first.poll({ id: 6n })
  clock.advance(10_000)
  t.strictSame(idsOf(first), [1n, 2n, 3n, 5n])
  first.clear()
  t.equal(budget.usedBytes, 0)
  first.add(large(DONE))
  clock.advance(1_000_000)
  t.strictSame(idsOf(first), [])
  t.equal(budget.usedBytes, 0)
})

t.test('a removed job is freed, also before its next change and behind older ones', async (t) => {
  const { first } = twoScopes(1_000_000)
  first.add(large(DONE))
  const removed = ([RUNNING, DONE] as const).map((lifecycle) => addNew(first, lifecycle))
  first.settle()
  first.remove({ id: 2n })
  first.remove({ id: 3n })
  await nextTurn()
  usedMemory()
  t.strictSame(
    removed.map((request) => request.deref()),
    [undefined, undefined],
  )
  t.strictSame(idsOf(first), [1n])
})

/** Adds a job, and returns its request as long as something holds it. */
function addNew(jobs: JobRegistry, lifecycle: typeof DONE): WeakRef<JobRecord> {
  return new WeakRef(jobs.add(jobOf({ lifecycle, request: { statement: 'new' } })).request)
}

const SHAPES: Readonly<Record<string, () => JobRecord>> = {
  longs: () => ({ ids: Array.from({ length: 300_000 }, (_, at) => BigInt(at) + 2n ** 40n) }),
  'short texts': () => ({ names: Array.from({ length: 100_000 }, (_, at) => `name ${at}`) }),
  'wide texts': () => ({ names: Array.from({ length: 1000 }, () => 'ŁŁ'.repeat(1000).slice(1)) }),
  maps: () => ({
    maps: Array.from({ length: 2000 }, (_, map) =>
      createMap(Array.from({ length: 20 }, (_, at) => [`key ${map} ${at}`, `${at} of ${map}`])),
    ),
  }),
  'a large map': () => ({
    map: createMap(Array.from({ length: 50_000 }, (_, at) => [`key ${at}`, `${at}`])),
  }),
  bytes: () => ({ data: Buffer.alloc(5_000_000) }),
  'a slice of bytes': () => ({ data: Buffer.alloc(5_000_000).subarray(7, 9) }),
  'many bytes': () => ({ list: Array.from({ length: 20_000 }, (_, at) => Buffer.from(`${at}`)) }),
  doubles: () => ({ values: Array.from({ length: 500_000 }, (_, at) => at + 0.5) }),
}

/** All records of the tests: one that is freed later would spoil the next measurement. */
const kept: JobRecord[] = []

for (const [name, make] of Object.entries(SHAPES)) {
  t.test(`the estimate of ${name} is near what they take in memory`, async (t) => {
    const before = usedMemory()
    const record = make()
    kept.push(record)
    const takenBytes = usedMemory() - before
    const ratio = recordBytes(record) / takenBytes
    t.ok(ratio > 1 / 1.5 && ratio < 1.5, `${ratio}`)
    t.equal(resultBytes({ kind: 'fields', fields: record }), recordBytes(record))
  })
}

t.test('an estimate counts other values as a part of what holds them', async (t) => {
  t.equal(recordBytes({}) < recordBytes({ a: null }), true)
  t.equal(recordBytes({ a: null }), recordBytes({ a: true }))
  t.equal(recordBytes({ a: {} }), recordBytes({ a: 7 }))
})
