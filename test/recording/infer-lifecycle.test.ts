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
