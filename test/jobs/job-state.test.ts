import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
  begin,
  countPoll,
  finish,
  type JobState,
  type JobStatus,
  lastChangeAtMs,
  nextChangeAtMs,
  progressAt,
  type Run,
  release,
  remainingLifecycle,
  requestCancel,
  resumingLifecycle,
  settle,
} from '../../src/jobs/job-state.ts'
import type { Lifecycle, Step } from '../../src/jobs/lifecycle.ts'
import { anyLifecycle, anyShortMs, lifecycleOf } from '../support/lifecycles.ts'

const START_MS = 1_700_000_000_000

/** `settle()` from the start: the state of a job without any other event. */
function untouched(lifecycle: Lifecycle, afterMs: number): JobState {
  return settle({ lifecycle, state: begin(START_MS) }, START_MS + afterMs)
}

t.test('begin() starts a job in its first step, at 0 percent', async (t) => {
  const state = { status: 'RUNNING', step: 0, sinceMs: 7, progress: 0, polls: 0 }
  t.strictSame(begin(7), state)
})

t.test('settle() leaves a job in a step that is not over', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'after', afterMs: 10 }])
  const state = begin(START_MS)
  t.equal(settle({ lifecycle, state }, START_MS), state)
  t.equal(settle({ lifecycle, state }, START_MS + 9), state)
})

t.test('settle() ends a job when its last step is over', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'after', afterMs: 10 }])
  t.strictSame(untouched(lifecycle, 10), {
    status: 'DONE',
    step: 1,
    sinceMs: START_MS + 10,
    progress: 100,
    polls: 0,
  })
})

t.test(
  'settle() passes every step that is over, and each step begins when the previous one ended',
  async (t) => {
    const lifecycle = lifecycleOf([
      { ends: 'after', afterMs: 10, progress: 20 },
      { ends: 'after', afterMs: 0, progress: 30 },
      { ends: 'after', afterMs: 20 },
      { ends: 'hold', progress: 60 },
    ])
    t.strictSame(untouched(lifecycle, 1000), {
      status: 'RUNNING',
      step: 3,
      sinceMs: START_MS + 30,
      progress: 30,
      polls: 0,
    })
  },
)

t.test('settle() ends a job without steps at once', async (t) => {
  const failing = lifecycleOf([], { outcome: 'ERROR' })
  t.match(untouched(lifecycleOf([]), 0), { status: 'DONE', progress: 100, sinceMs: START_MS })
  t.match(untouched(failing, 5), { status: 'ERROR', progress: 0, sinceMs: START_MS })
})

t.test('settle() never ends a step of polls or a hold', async (t) => {
  const year = 365 * 24 * 3_600_000
  const state = begin(START_MS)
  for (const step of [{ ends: 'polls', polls: 1 }, { ends: 'hold' }] satisfies Step[]) {
    t.equal(settle({ lifecycle: lifecycleOf([step]), state }, START_MS + year), state)
  }
})

t.test('settle() ends a job in its outcome, with the progress reached', async (t) => {
  const steps: Step[] = [{ ends: 'after', afterMs: 10, progress: 40 }]
  const ends = (parts: Partial<Lifecycle>) => untouched(lifecycleOf(steps, parts), 10)
  t.match(ends({ outcome: 'DONE' }), { status: 'DONE', progress: 100 })
  t.match(ends({ outcome: 'ERROR' }), { status: 'ERROR', progress: 40 })
  t.match(ends({ outcome: 'CANCELLED' }), { status: 'CANCELLED', progress: 40 })
})

t.test('progressAt() moves evenly through an after step', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'after', afterMs: 1000, progress: 50 }, { ends: 'hold' }])
  const progress = [0, 1, 19, 20, 500, 999, 1000, 5000].map((afterMs) =>
    progressAt({ lifecycle, state: untouched(lifecycle, afterMs) }, START_MS + afterMs),
  )
  t.strictSame(progress, [0, 0, 0, 1, 25, 49, 50, 50])
})

t.test('progressAt() is exact when a whole percentage is reached', async (t) => {
  const run = (progress: number): Run => ({
    lifecycle: lifecycleOf([{ ends: 'after', afterMs: 1000, progress }]),
    state: begin(START_MS),
  })
  t.equal(progressAt(run(50), START_MS + 580), 29)
  t.equal(progressAt(run(90), START_MS + 700), 63)
})

t.test('progressAt() has the progress of a polls or hold step from its start', async (t) => {
  const state = begin(START_MS)
  for (const step of [
    { ends: 'polls', polls: 2, progress: 80 },
    { ends: 'hold', progress: 80 },
  ] satisfies Step[]) {
    t.equal(progressAt({ lifecycle: lifecycleOf([step]), state }, START_MS), 80)
  }
})

t.test(
  'progressAt() keeps the progress in a step without progress, or with a lower one',
  async (t) => {
    for (const last of [{ ends: 'hold' }, { ends: 'hold', progress: 10 }] satisfies Step[]) {
      const lifecycle = lifecycleOf([{ ends: 'after', afterMs: 10, progress: 40 }, last])
      t.equal(progressAt({ lifecycle, state: untouched(lifecycle, 20) }, START_MS + 20), 40)
    }
  },
)

t.test('progressAt() is 100 only for DONE', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'polls', polls: 1, progress: 100 }])
  const run = { lifecycle, state: begin(START_MS) }
  t.equal(progressAt(run, START_MS), 99)
  const done = { lifecycle, state: countPoll(run, START_MS) }
  t.equal(progressAt(done, START_MS), 100)
})

t.test('progressAt() is at most 99 if a job fails at its end', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'after', afterMs: 10, progress: 100 }], {
    outcome: 'ERROR',
  })
  t.equal(untouched(lifecycle, 10).progress, 99)
})

t.test('progressAt() is not below the start of a step at a time before it', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'after', afterMs: 10, progress: 50 }])
  t.equal(progressAt({ lifecycle, state: begin(START_MS) }, START_MS - 5), 0)
})

t.test('countPoll() ends a polls step after its last poll', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'polls', polls: 2, progress: 80 }, { ends: 'hold' }])
  const state = begin(START_MS)
  const once = countPoll({ lifecycle, state }, START_MS + 1)
  t.strictSame(once, { ...state, polls: 1 })
  const twice = countPoll({ lifecycle, state: once }, START_MS + 2)
  t.strictSame(twice, {
    status: 'RUNNING',
    step: 1,
    sinceMs: START_MS + 2,
    progress: 80,
    polls: 0,
  })
})

t.test(
  'countPoll() does not count polls of another step, or of a job that has ended',
  async (t) => {
    const timed = {
      lifecycle: lifecycleOf([{ ends: 'after', afterMs: 5 }]),
      state: begin(START_MS),
    }
    const held = { lifecycle: lifecycleOf([{ ends: 'hold' }]), state: begin(START_MS) }
    const lifecycle = lifecycleOf([{ ends: 'polls', polls: 1 }])
    const done = { lifecycle, state: countPoll({ lifecycle, state: begin(START_MS) }, START_MS) }
    for (const run of [timed, held, done]) t.equal(countPoll(run, START_MS + 1), run.state)
  },
)

t.test('release() ends a hold, and nothing else', async (t) => {
  const lifecycle = lifecycleOf([
    { ends: 'hold', progress: 60 },
    { ends: 'polls', polls: 1 },
  ])
  const released = release({ lifecycle, state: begin(START_MS) }, START_MS + 5)
  t.match(released, { status: 'RUNNING', step: 1, sinceMs: START_MS + 5, progress: 60 })
  t.equal(release({ lifecycle, state: released }, START_MS + 6), released)
  const done = countPoll({ lifecycle, state: released }, START_MS + 7)
  t.match(done, { status: 'DONE', sinceMs: START_MS + 7 })
  t.equal(release({ lifecycle, state: done }, START_MS + 8), done)
})

t.test('requestCancel() stops a job at once, with the progress reached', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'after', afterMs: 10, progress: 80 }])
  const { state, result } = requestCancel({ lifecycle, state: begin(START_MS) }, START_MS + 5)
  t.equal(result, 'cancelled')
  t.strictSame(state, {
    status: 'CANCELLED',
    step: 1,
    sinceMs: START_MS + 5,
    progress: 40,
    polls: 0,
  })
})

t.test('requestCancel() is refused by a job with that policy', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'hold' }], { cancel: 'refuse' })
  const state = begin(START_MS)
  t.strictSame(requestCancel({ lifecycle, state }, START_MS), { state, result: 'refused' })
})

t.test('requestCancel() does nothing to a job that has ended', async (t) => {
  for (const cancel of ['immediate', 'refuse', { afterMs: 5 }] as const) {
    const lifecycle = lifecycleOf([], { cancel })
    const state = untouched(lifecycle, 0)
    const asked = requestCancel({ lifecycle, state }, START_MS + 1)
    t.equal(asked.state, state)
    t.equal(asked.result, 'already done')
  }
})

t.test('requestCancel() takes effect after the delay of the policy', async (t) => {
  const steps: Step[] = [{ ends: 'after', afterMs: 100, progress: 80 }]
  const lifecycle = lifecycleOf(steps, { cancel: { afterMs: 10 } })
  const asked = requestCancel({ lifecycle, state: begin(START_MS) }, START_MS + 5)
  t.equal(asked.result, 'cancelled')
  const run = { lifecycle, state: asked.state }
  t.equal(settle(run, START_MS + 14), asked.state)
  t.match(settle(run, START_MS + 1000), {
    status: 'CANCELLED',
    sinceMs: START_MS + 15,
    progress: 12,
  })
})

t.test('requestCancel() does not delay a pending cancellation', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'hold' }], { cancel: { afterMs: 10 } })
  const first = requestCancel({ lifecycle, state: begin(START_MS) }, START_MS)
  const second = requestCancel({ lifecycle, state: first.state }, START_MS + 5)
  t.equal(second.result, 'cancelled')
  t.equal(second.state, first.state)
})

t.test('a pending cancellation continues through the next steps', async (t) => {
  const lifecycle = lifecycleOf(
    [
      { ends: 'polls', polls: 1 },
      { ends: 'hold' },
      { ends: 'after', afterMs: 1 },
      { ends: 'hold' },
    ],
    { cancel: { afterMs: 10 } },
  )
  const asked = requestCancel({ lifecycle, state: begin(START_MS) }, START_MS).state
  const polled = countPoll({ lifecycle, state: asked }, START_MS + 1)
  const released = release({ lifecycle, state: polled }, START_MS + 2)
  const last = settle({ lifecycle, state: released }, START_MS + 9)
  t.match(last, { status: 'RUNNING', step: 3 })
  t.match(settle({ lifecycle, state: last }, START_MS + 20), {
    status: 'CANCELLED',
    sinceMs: START_MS + 10,
  })
})

t.test('at one instant the last step ends before a cancellation takes effect', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'after', afterMs: 10 }], { cancel: { afterMs: 10 } })
  const { state } = requestCancel({ lifecycle, state: begin(START_MS) }, START_MS)
  t.match(settle({ lifecycle, state }, START_MS + 10), { status: 'DONE', sinceMs: START_MS + 10 })
})

t.test(
  'at one instant a step ends, a cancellation takes effect, and only then a poll counts',
  async (t) => {
    const lifecycle = lifecycleOf(
      [
        { ends: 'after', afterMs: 10, progress: 30 },
        { ends: 'polls', polls: 1, progress: 70 },
      ],
      { cancel: { afterMs: 10 } },
    )
    const asked = requestCancel({ lifecycle, state: begin(START_MS) }, START_MS).state
    const state = settle({ lifecycle, state: asked }, START_MS + 10)
    t.match(state, { status: 'CANCELLED', sinceMs: START_MS + 10, progress: 70 })
    t.equal(countPoll({ lifecycle, state }, START_MS + 10), state)
  },
)

t.test(
  'nextChangeAtMs() is when the step ends or a cancellation takes effect, if ever',
  async (t) => {
    const timed = lifecycleOf([{ ends: 'after', afterMs: 10 }])
    const held = lifecycleOf([{ ends: 'hold' }])
    const state = begin(START_MS)
    const cancelAtMs = START_MS + 5
    t.equal(nextChangeAtMs({ lifecycle: timed, state }), START_MS + 10)
    t.equal(nextChangeAtMs({ lifecycle: timed, state: { ...state, cancelAtMs } }), cancelAtMs)
    t.equal(nextChangeAtMs({ lifecycle: held, state: { ...state, cancelAtMs } }), cancelAtMs)
    t.equal(nextChangeAtMs({ lifecycle: held, state }), undefined)
    t.equal(nextChangeAtMs({ lifecycle: timed, state: untouched(timed, 10) }), undefined)
  },
)

t.test('finish() ends a job now, in any outcome and in any step', async (t) => {
  const steps: Step[] = [{ ends: 'after', afterMs: 100, progress: 80 }, { ends: 'hold' }]
  const lifecycle = lifecycleOf(steps, { outcome: 'ERROR', cancel: 'refuse' })
  for (const [outcome, progress] of [
    ['DONE', 100],
    ['ERROR', 40],
    ['CANCELLED', 40],
  ] as const) {
    const run = { lifecycle, state: { ...begin(START_MS), cancelAtMs: START_MS + 60 } }
    t.strictSame(finish(run, { outcome, nowMs: START_MS + 50 }), {
      status: outcome,
      step: 2,
      sinceMs: START_MS + 50,
      progress,
      polls: 0,
    })
  }
})

t.test('lastChangeAtMs() is the time of the last change by time alone, if any', async (t) => {
  const timed = lifecycleOf([
    { ends: 'after', afterMs: 10 },
    { ends: 'after', afterMs: 20 },
  ])
  const stopping = lifecycleOf([{ ends: 'after', afterMs: 10 }, { ends: 'hold' }])
  const held = lifecycleOf([{ ends: 'hold' }])
  const state = begin(START_MS)
  const cancelAtMs = START_MS + 500
  t.equal(lastChangeAtMs({ lifecycle: timed, state }), START_MS + 30)
  t.equal(lastChangeAtMs({ lifecycle: timed, state: { ...state, cancelAtMs } }), START_MS + 30)
  t.equal(lastChangeAtMs({ lifecycle: stopping, state }), START_MS + 10)
  t.equal(lastChangeAtMs({ lifecycle: stopping, state: { ...state, cancelAtMs } }), cancelAtMs)
  t.equal(lastChangeAtMs({ lifecycle: held, state }), undefined)
  t.equal(lastChangeAtMs({ lifecycle: timed, state: untouched(timed, 30) }), undefined)
})

t.test('remainingLifecycle() begins with the rest of the step', async (t) => {
  const last: Step = { ends: 'hold', progress: 90 }
  const leftOf = (step: Step, state: Partial<JobState>) => {
    const run = { lifecycle: lifecycleOf([step, last]), state: { ...begin(START_MS), ...state } }
    return remainingLifecycle(run, START_MS + 40)
  }
  t.strictSame(
    leftOf({ ends: 'after', afterMs: 100, progress: 80 }, {}),
    lifecycleOf([{ ends: 'after', afterMs: 60, progress: 80 }, last]),
  )
  t.strictSame(
    leftOf({ ends: 'polls', polls: 5 }, { polls: 3 }),
    lifecycleOf([{ ends: 'polls', polls: 2 }, last]),
  )
  t.strictSame(leftOf({ ends: 'hold' }, {}), lifecycleOf([{ ends: 'hold' }, last]))
  t.strictSame(leftOf({ ends: 'polls', polls: 5 }, { step: 1 }), lifecycleOf([last]))
})

t.test('remainingLifecycle() of a job that has ended has no steps', async (t) => {
  const lifecycle = lifecycleOf([{ ends: 'after', afterMs: 10 }], { outcome: 'ERROR', error: 'x' })
  const run = { lifecycle, state: untouched(lifecycle, 10) }
  t.strictSame(
    remainingLifecycle(run, START_MS + 20),
    lifecycleOf([], { outcome: 'ERROR', error: 'x' }),
  )
})

t.test('resumingLifecycle() of a running job continues from its state', async (t) => {
  const lifecycle = lifecycleOf(
    [
      { ends: 'after', afterMs: 100, progress: 80 },
      { ends: 'polls', polls: 2, progress: 30 },
      { ends: 'hold' },
    ],
    { cancel: 'refuse' },
  )
  t.strictSame(
    resumingLifecycle({ lifecycle, state: begin(START_MS) }, START_MS + 50),
    lifecycleOf(
      [
        { ends: 'after', afterMs: 0, progress: 40 },
        { ends: 'after', afterMs: 50, progress: 80 },
        { ends: 'polls', polls: 2, progress: 40 },
        { ends: 'hold' },
      ],
      { cancel: 'refuse' },
    ),
  )
})

t.test(
  'resumingLifecycle() of a job that has ended ends in the same outcome at once',
  async (t) => {
    const lifecycle = lifecycleOf([{ ends: 'hold', progress: 30 }])
    const { state } = requestCancel({ lifecycle, state: begin(START_MS) }, START_MS)
    t.strictSame(
      resumingLifecycle({ lifecycle, state }, START_MS + 50),
      lifecycleOf([{ ends: 'after', afterMs: 0, progress: 30 }], { outcome: 'CANCELLED' }),
    )
  },
)

t.test('resumingLifecycle() ends by a pending cancellation if that comes first', async (t) => {
  const cancel = { afterMs: 50 }
  const state = { ...begin(START_MS), cancelAtMs: START_MS + 50 }
  const held = lifecycleOf([{ ends: 'hold', progress: 30 }], { cancel })
  t.strictSame(
    resumingLifecycle({ lifecycle: held, state }, START_MS + 20),
    lifecycleOf(
      [
        { ends: 'after', afterMs: 0, progress: 30 },
        { ends: 'after', afterMs: 30, progress: 30 },
      ],
      { outcome: 'CANCELLED', cancel },
    ),
  )
  const timed = lifecycleOf([{ ends: 'after', afterMs: 50, progress: 50 }], { cancel })
  t.strictSame(
    resumingLifecycle({ lifecycle: timed, state }, START_MS + 20),
    lifecycleOf(
      [
        { ends: 'after', afterMs: 0, progress: 20 },
        { ends: 'after', afterMs: 30, progress: 50 },
      ],
      { cancel },
    ),
  )
})

/** An event in the life of a job. */
type Event =
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'poll' | 'cancel' | 'release' }

const anyEvents: fc.Arbitrary<Event[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('advance'), ms: anyShortMs }),
    fc.record({ kind: fc.constantFrom('poll', 'cancel', 'release') }),
  ),
  { maxLength: 20, size: 'max' },
)

/** A job at one instant, and the event just before. */
interface Look {
  readonly event: Event
  readonly nowMs: number
  readonly run: Run
  readonly progress: number
}

/** Plays events on a job from its beginning. */
function play(lifecycle: Lifecycle, events: readonly Event[]): Look[] {
  return playOn({ run: { lifecycle, state: begin(START_MS) }, nowMs: START_MS }, events)
}

/** Plays events on a job and returns its state after each. As in a registry, settles before each. */
function playOn(from: Pick<Look, 'run' | 'nowMs'>, events: readonly Event[]): Look[] {
  const looks: Look[] = []
  const { lifecycle } = from.run
  let { run, nowMs } = from
  for (const event of events) {
    nowMs += event.kind === 'advance' ? event.ms : 0
    run = { lifecycle, state: settle(run, nowMs) }
    const state = happen(event, { run, nowMs })
    run = { lifecycle, state: settle({ lifecycle, state }, nowMs) }
    looks.push({ event, nowMs, run, progress: progressAt(run, nowMs) })
  }
  return looks
}

function happen({ kind }: Event, { run, nowMs }: { run: Run; nowMs: number }): JobState {
  switch (kind) {
    case 'advance':
      return run.state
    case 'poll':
      return countPoll(run, nowMs)
    case 'release':
      return release(run, nowMs)
    case 'cancel':
      return requestCancel(run, nowMs).state
  }
}

/** Any job, at any time. */
const anyLooks: fc.Arbitrary<Look[]> = fc
  .tuple(anyLifecycle, anyEvents)
  .map(([lifecycle, events]) => play(lifecycle, events))

const anyLook: fc.Arbitrary<Look> = anyLooks
  .filter((looks) => looks.length > 0)
  .chain((looks) => fc.constantFrom(...looks))

/** The rows of the truth table, reduced to status and progress. */
const PROGRESS_OF = {
  RUNNING: [0, 99],
  DONE: [100, 100],
  ERROR: [0, 99],
  CANCELLED: [0, 99],
} satisfies Record<JobStatus, readonly [least: number, most: number]>

t.test('a job shows only the rows of the truth table', async (t) => {
  const property = fc.property(anyLook, ({ run, progress }) => {
    const [least, most] = PROGRESS_OF[run.state.status]
    return Number.isInteger(progress) && progress >= least && progress <= most
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('a job ends in its outcome, or CANCELLED after a cancel request', async (t) => {
  const property = fc.property(anyLooks, (looks) => {
    const asked = looks.some(({ event }) => event.kind === 'cancel')
    return looks.every(({ run: { state, lifecycle } }) => {
      const possible: JobStatus[] = ['RUNNING', lifecycle.outcome]
      const stopped = asked && lifecycle.cancel !== 'refuse' && state.status === 'CANCELLED'
      return stopped || possible.includes(state.status)
    })
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('progress never falls, even if that of the steps does', async (t) => {
  const property = fc.property(anyLooks, (looks) => {
    const progress = looks.map((look) => look.progress)
    assert.deepEqual(
      progress,
      progress.toSorted((left, right) => left - right),
    )
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('a terminal state never changes', async (t) => {
  const property = fc.property(anyLooks, (looks) => {
    const ended = looks.filter(({ run }) => run.state.status !== 'RUNNING')
    for (const { run, progress } of ended) {
      assert.deepEqual(run.state, ended[0]?.run.state)
      assert.equal(progress, run.state.progress)
    }
    assert.deepEqual(ended, looks.slice(looks.length - ended.length))
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('settle() is idempotent', async (t) => {
  const property = fc.property(anyLook, anyShortMs, ({ run, nowMs }, ms) => {
    const state = settle(run, nowMs + ms)
    assert.equal(settle({ ...run, state }, nowMs + ms), state)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('settle() does not depend on how often it is called', async (t) => {
  const gaps = fc.array(anyShortMs, { maxLength: 5 })
  const property = fc.property(anyLook, gaps, ({ run, nowMs }, gapsMs) => {
    let [state, atMs] = [run.state, nowMs]
    for (const gapMs of gapsMs) {
      atMs += gapMs
      state = settle({ ...run, state }, atMs)
    }
    const atOnce = settle(run, atMs)
    assert.deepEqual(state, atOnce)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('a job without events changes at nextChangeAtMs() and not before', async (t) => {
  const property = fc.property(anyLook, ({ run, nowMs }) => {
    const nextMs = nextChangeAtMs(run)
    if (nextMs === undefined) return settle(run, nowMs + 1_000_000) === run.state
    return (
      nextMs > nowMs && settle(run, nextMs - 1) === run.state && settle(run, nextMs) !== run.state
    )
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('a cancel never changes a job that refuses it', async (t) => {
  const refusing = anyLifecycle.map((lifecycle) => ({ ...lifecycle, cancel: 'refuse' as const }))
  const property = fc.property(refusing, anyEvents, (lifecycle, events) => {
    const lookedAt = (events: readonly Event[]) => play(lifecycle, events).at(-1)?.run.state
    const advance: Event = { kind: 'advance', ms: 0 }
    const withoutCancels = events.filter(({ kind }) => kind !== 'cancel')
    assert.deepEqual(lookedAt([...events, advance]), lookedAt([...withoutCancels, advance]))
    for (const { run, nowMs } of play(lifecycle, events)) {
      const { state, result } = requestCancel(run, nowMs)
      assert.equal(state, run.state)
      assert.equal(result, state.status === 'RUNNING' ? 'refused' : 'already done')
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('at one instant the order is timer, then cancel, then poll', async (t) => {
  const polled = fc.record({ stepMs: anyShortMs, cancelMs: anyShortMs, askedMs: anyShortMs })
  const property = fc.property(polled, ({ stepMs, cancelMs, askedMs }) => {
    const lifecycle = lifecycleOf(
      [
        { ends: 'after', afterMs: stepMs, progress: 50 },
        { ends: 'polls', polls: 1, progress: 60 },
      ],
      { outcome: 'ERROR', cancel: { afterMs: cancelMs } },
    )
    const looks = play(lifecycle, [
      { kind: 'advance', ms: askedMs },
      { kind: 'cancel' },
      { kind: 'advance', ms: cancelMs },
      { kind: 'poll' },
    ])
    const { status, progress } = looks[3]?.run.state ?? begin(0)
    assert.equal(status, 'CANCELLED')
    assert.equal(progress >= 60, stepMs <= askedMs + cancelMs)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

/** The status of a job, and when it ended. */
function fateOf({ run: { state } }: Look): readonly [JobStatus, endedAtMs: number | undefined] {
  return [state.status, state.status === 'RUNNING' ? undefined : state.sinceMs]
}

/** Progress is rounded down when a job is resumed, so it may then be lower by one. */
function assertAlike(looks: readonly Look[], originals: readonly Look[]): void {
  assert.deepEqual(looks.map(fateOf), originals.map(fateOf))
  for (const [index, { progress }] of looks.entries()) {
    const below = Number(originals[index]?.progress) - progress
    assert.equal(below === 0 || below === 1, true)
  }
}

t.test('a job with its remaining lifecycle continues as before', async (t) => {
  const property = fc.property(anyLook, anyEvents, ({ run, nowMs, progress }, events) => {
    fc.pre(run.state.status === 'RUNNING')
    const lifecycle = remainingLifecycle(run, nowMs)
    const { cancelAtMs } = run.state
    const cancel = cancelAtMs === undefined ? {} : { cancelAtMs }
    const state = { ...begin(nowMs), progress, ...cancel }
    const looks = playOn({ run: { lifecycle, state }, nowMs }, events)
    assertAlike(looks, playOn({ run, nowMs }, events))
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('a job that resumes a running one continues like it', async (t) => {
  const going = anyLook.filter(({ run: { state } }) => {
    return state.status === 'RUNNING' && state.cancelAtMs === undefined
  })
  const property = fc.property(going, anyEvents, ({ run, nowMs, progress }, events) => {
    const resumed = { lifecycle: resumingLifecycle(run, nowMs), state: begin(nowMs) }
    const all: Event[] = [{ kind: 'advance', ms: 0 }, ...events]
    const looks = playOn({ run: resumed, nowMs }, all)
    assert.equal(looks[0]?.progress, progress)
    assertAlike(looks, playOn({ run, nowMs }, all))
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test(
  'a job that resumes an ended one ends in the same state at once and stays in it',
  async (t) => {
    const ended = anyLook.filter(({ run }) => run.state.status !== 'RUNNING')
    const property = fc.property(ended, anyEvents, ({ run, nowMs, progress }, events) => {
      const resumed = { lifecycle: resumingLifecycle(run, nowMs), state: begin(nowMs) }
      for (const look of playOn({ run: resumed, nowMs }, [{ kind: 'advance', ms: 0 }, ...events])) {
        assert.deepEqual(fateOf(look), [run.state.status, nowMs])
        assert.equal(look.progress, progress)
      }
    })
    t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
  },
)

t.test(
  'a job that resumes one with a pending cancellation ends at the same time in the same state',
  async (t) => {
    const stopping = anyLook.filter(({ run }) => run.state.cancelAtMs !== undefined)
    const gaps = fc.array(anyShortMs, { maxLength: 5 })
    const property = fc.property(stopping, gaps, ({ run, nowMs, progress }, gapsMs) => {
      const resumed = { lifecycle: resumingLifecycle(run, nowMs), state: begin(nowMs) }
      const events = [0, ...gapsMs, 1000].map((ms): Event => ({ kind: 'advance', ms }))
      const looks = playOn({ run: resumed, nowMs }, events)
      const originals = playOn({ run, nowMs }, events)
      assert.deepEqual(looks.map(fateOf), originals.map(fateOf))
      assert.equal(looks[0]?.progress, progress)
      assert.equal(looks.at(-1)?.progress, originals.at(-1)?.progress)
    })
    t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
  },
)

t.test('a job without events does not change after lastChangeAtMs()', async (t) => {
  const property = fc.property(anyLook, ({ run }) => {
    let state = run.state
    let lastMs: number | undefined
    for (let atMs = nextChangeAtMs(run); atMs !== undefined; ) {
      lastMs = atMs
      state = settle({ ...run, state }, atMs)
      atMs = nextChangeAtMs({ ...run, state })
    }
    assert.equal(lastChangeAtMs(run), lastMs)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

/** A model of a job that advances by one millisecond at a time, to compare `settle()` with. */
class TickingJob {
  readonly #lifecycle: Lifecycle
  #status: JobStatus = 'RUNNING'
  #step = 0
  #inStepMs = 0
  #answered = 0
  #reached = 0
  #cancelInMs: number | undefined

  constructor(lifecycle: Lifecycle) {
    this.#lifecycle = lifecycle
    this.#go()
  }

  get look(): { readonly status: JobStatus; readonly progress: number } {
    return { status: this.#status, progress: this.#progress }
  }

  happen(event: Event): void {
    const step = this.#lifecycle.steps[this.#step]
    if (event.kind === 'advance') for (let ms = 0; ms < event.ms; ms += 1) this.#tick()
    if (event.kind === 'release' && step?.ends === 'hold') this.#next()
    if (event.kind === 'cancel') this.#cancel()
    if (event.kind === 'poll' && step?.ends === 'polls') {
      this.#answered += 1
      if (this.#answered === step.polls) this.#next()
    }
    this.#go()
  }

  get #progress(): number {
    if (this.#status === 'DONE') return 100
    const step = this.#lifecycle.steps[this.#step]
    const goal = Math.max(this.#reached, step?.progress ?? 0)
    if (step?.ends !== 'after' || this.#inStepMs >= step.afterMs) return Math.min(goal, 99)
    const risen = Math.floor(((goal - this.#reached) * this.#inStepMs) / step.afterMs)
    return Math.min(this.#reached + risen, 99)
  }

  #tick(): void {
    this.#inStepMs += 1
    if (this.#cancelInMs !== undefined) this.#cancelInMs -= 1
    this.#go()
  }

  #cancel(): void {
    const { cancel } = this.#lifecycle
    if (cancel === 'refuse') return
    this.#cancelInMs ??= cancel === 'immediate' ? 0 : cancel.afterMs
  }

  /** Timers first, then a cancellation; polls come from outside, after both. */
  #go(): void {
    while (this.#status === 'RUNNING') {
      const step = this.#lifecycle.steps[this.#step]
      if (step === undefined) this.#end(this.#lifecycle.outcome)
      else if (step.ends === 'after' && this.#inStepMs >= step.afterMs) this.#next()
      else if (this.#cancelInMs === 0) this.#end('CANCELLED')
      else return
    }
  }

  #next(): void {
    this.#reached = this.#progress
    this.#step += 1
    this.#inStepMs = 0
    this.#answered = 0
  }

  #end(status: JobStatus): void {
    this.#reached = this.#progress
    this.#step = this.#lifecycle.steps.length
    this.#status = status
  }
}

t.test('settle() agrees with a model that plays every millisecond', async (t) => {
  const property = fc.property(anyLifecycle, anyEvents, (lifecycle, events) => {
    const job = new TickingJob(lifecycle)
    const expected = events.map((event) => {
      job.happen(event)
      return job.look
    })
    const looks = play(lifecycle, events).map(({ run, progress }) => ({
      status: run.state.status,
      progress,
    }))
    assert.deepEqual(looks, expected)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 3000 }))
})
