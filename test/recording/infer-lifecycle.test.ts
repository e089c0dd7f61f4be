import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { readLifecycle } from '../../src/fixtures/read-lifecycle.ts'
import { begin, countPoll, progressAt, requestCancel, settle } from '../../src/jobs/job-state.ts'
import type { Lifecycle } from '../../src/jobs/lifecycle.ts'
import { RecordedJob } from '../../src/recording/recorded-job.ts'
import { anyFixtureLifecycle } from '../support/lifecycles.ts'

const START_MS = 1000

/** What each poll of a job shows: at each time, or a request to cancel it. */
function watch(lifecycle: Lifecycle, events: readonly Event[]) {
  let state = begin(START_MS)
  const seen: { status: string; progress: number }[] = []
  for (const { atMs, isCancel } of events) {
    state = settle({ lifecycle, state }, START_MS + atMs)
    if (isCancel) {
      state = requestCancel({ lifecycle, state }, START_MS + atMs).state
      continue
    }
    seen.push({ status: state.status, progress: progressAt({ lifecycle, state }, START_MS + atMs) })
    state = countPoll({ lifecycle, state }, START_MS + atMs)
  }
  return seen
}

interface Event {
  readonly atMs: number
  readonly isCancel: boolean
}

/** The lifecycle that is recorded of these polls, as a fixture reads it. */
function recordedOf(lifecycle: Lifecycle, events: readonly Event[]) {
  const start = { id: 1n, tag: '', endpoint: '/has/table', startMs: START_MS, created: undefined }
  const job = new RecordedJob(start)
  const seen = watch(lifecycle, events)
  let next = 0
  for (const { atMs, isCancel } of events) {
    if (isCancel) job.cancel(START_MS + atMs)
    else {
      const { status, progress } = seen[next] ?? { status: 'RUNNING', progress: 0 }
      next += 1
      job.poll({
        atMs: START_MS + atMs,
        status: status as 'RUNNING',
        progress,
        error: lifecycle.error,
      })
    }
  }
  return job.lifecycle()
}

function readBack(text: ReturnType<typeof recordedOf>): Lifecycle {
  const reading = readLifecycle(text?.lifecycle ?? {}, { endpoint: '/has/table', durationMs: 0 })
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems))
  return reading.value
}

const anyTimes = fc
  .array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 })
  .map((times) =>
    times.sort((one, other) => one - other).map((atMs) => ({ atMs, isCancel: false })),
  )

t.test('a recorded lifecycle, polled at the same times, shows the same', async (t) => {
  const property = fc.property(anyFixtureLifecycle, anyTimes, (lifecycle, events) => {
    const recorded = readBack(recordedOf(lifecycle, events))
    assert.deepEqual(watch(recorded, events), watch(lifecycle, events))
  })
  fc.assert(property, { numRuns: 1000 })
  t.pass()
})

t.test('a recorded lifecycle, cancelled at the same time, ends in the same status', async (t) => {
  const property = fc.property(
    anyFixtureLifecycle,
    anyTimes,
    fc.nat(12),
    (lifecycle, times, at) => {
      const index = Math.min(at, times.length - 1)
      const atMs = times[index]?.atMs ?? 0
      const events = times.toSpliced(index, 0, { atMs, isCancel: true })
      const recorded = readBack(recordedOf(lifecycle, events))
      const statuses = (one: Lifecycle) => watch(one, events).map(({ status }) => status)
      assert.deepEqual(statuses(recorded), statuses(lifecycle))
    },
  )
  fc.assert(property, { numRuns: 1000 })
  t.pass()
})

/** Lifecycles whose progress rises evenly from the start, with one change of its pace. */
const anySteady = fc
  .record({
    firstMs: fc.integer({ min: 1000, max: 60_000 }),
    secondMs: fc.integer({ min: 1000, max: 60_000 }),
    middle: fc.integer({ min: 30, max: 60 }),
    last: fc.integer({ min: 90, max: 100 }),
    outcome: fc.constantFrom('DONE' as const, 'ERROR' as const),
  })
  .map(({ firstMs, secondMs, middle, last, outcome }): Lifecycle => {
    const steps = [
      { ends: 'after' as const, afterMs: firstMs, progress: middle },
      { ends: 'after' as const, afterMs: secondMs, progress: last },
    ]
    return { steps, outcome, error: 'e', cancel: 'immediate' }
  })

function everyMs(ms: number, untilMs: number): Event[] {
  const count = Math.ceil(untilMs / ms)
  return Array.from({ length: count }, (_, index) => ({ atMs: index * ms, isCancel: false }))
}

t.test('steady progress that is polled often shows the same at each poll', async (t) => {
  const property = fc.property(
    anySteady,
    fc.integer({ min: 100, max: 500 }),
    fc.integer({ min: 1000, max: 130_000 }),
    (lifecycle, ms, untilMs) => {
      const events = everyMs(ms, untilMs)
      const recorded = readBack(recordedOf(lifecycle, events))
      assert.deepEqual(watch(recorded, events), watch(lifecycle, events))
    },
  )
  fc.assert(property, { numRuns: 300 })
  t.pass()
})

t.test('progress that rises evenly from the start is one step', async (t) => {
  const steps = [{ ends: 'after' as const, afterMs: 20_000, progress: 80 }]
  const usual = { steps, error: 'failed', cancel: 'immediate' } as const
  const stepsOf = (outcome: Lifecycle['outcome'], untilMs: number) =>
    recordedOf({ ...usual, outcome }, everyMs(600, untilMs))?.lifecycle
  t.strictSame(stepsOf('DONE', 30_000), { steps: [{ after: '20.2s', progress: 81 }] })
  t.strictSame(stepsOf('ERROR', 30_000), {
    steps: [{ after: '20s', progress: 80 }],
    outcome: 'ERROR',
    error: 'failed',
  })
  t.strictSame(stepsOf('DONE', 10_000), {
    steps: [{ after: '9.5s', progress: 38 }, { hold: true }],
  })
})
