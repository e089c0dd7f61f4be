import t from 'tap'
import { rateOf, timeAt } from '../../src/page-state/clock-time.ts'
import type { ClockDocument } from '../../src/page-state/documents.ts'
import { keyOf, nextOf, progressAt } from '../../src/page-state/progress.ts'

function clock(mode: ClockDocument['mode'], scale?: number): ClockDocument {
  const scaled = scale === undefined ? {} : { scale }
  return { mode, ...scaled, now_ms: 1000, next_change_at_ms: null, poll_advance_ms: 250 }
}

t.test('the time of a scope passes by the mode of its clock', async (t) => {
  const at = (shown: ClockDocument, atMs: number) => timeAt({ clock: shown, readAtMs: 50 }, atMs)
  t.equal(at(clock('real'), 80.7), 1030)
  t.equal(at(clock('scaled', 10), 80), 1300)
  t.equal(at(clock('frozen'), 80), 1000)
  t.equal(at(clock('auto'), 80), 1000)
  t.equal(at(clock('real'), 40), 1000, 'never backwards')
  t.equal(rateOf(clock('scaled')), 1)
})

/** In the second of two steps, from 40 percent at 1,000 to 80 percent at 5,000. */
const JOB = { status: 'RUNNING', progress: 50, step: 1, changed_at_ms: 1000 } as const
const STEPS = [
  { after: 1000, progress: 40 },
  { after: 4000, progress: 80 },
  { hold: true },
] as const
const SAMPLE = { job: JOB, atMs: 2000 }

t.test('progress moves evenly to that of the step', async (t) => {
  const at = (nowMs: number) => progressAt(SAMPLE, { steps: STEPS, nowMs })
  t.equal(at(2000), 50)
  t.equal(at(3500), 65)
  t.equal(at(5000), 80)
  t.equal(at(9000), 80, 'not beyond the step: the next event tells what follows')
  t.equal(at(1000), 50, 'never backwards')
})

t.test('a running job has at most 99 percent', async (t) => {
  const steps = [{ after: 1000, progress: 100 }]
  const sample = { job: { ...JOB, step: 0, progress: 0 }, atMs: 1000 }
  t.equal(progressAt(sample, { steps, nowMs: 2000 }), 99)
})

t.test('progress stays where no time moves it', async (t) => {
  const stays = (
    job: Parameters<typeof progressAt>[0]['job'],
    steps?: Parameters<typeof progressAt>[1]['steps'],
  ) => progressAt({ job, atMs: 2000 }, { steps, nowMs: 3000 }) === 50
  t.ok(stays(JOB), 'the steps are not known')
  t.ok(stays({ ...JOB, step: 2 }, STEPS), 'a hold')
  t.ok(stays({ ...JOB, step: 0 }, [{ polls: 3, progress: 60 }]), 'polls')
  t.ok(stays({ ...JOB, step: 0 }, [{ after: 5000 }]), 'no progress of its own')
  t.ok(stays({ ...JOB, status: 'DONE' }, STEPS), 'ended')
  t.ok(stays({ ...JOB, step: 9 }, STEPS), 'no such step')
  t.ok(stays({ ...JOB, step: 0 }, [{ after: 500, progress: 60 }]), 'a step that is over')
  t.ok(stays({ ...JOB, step: 0 }, [{ after: 5000, progress: 30 }]), 'a lower progress')
})

t.test('nextOf() says what a job becomes', async (t) => {
  t.equal(nextOf({ step: 0 }, { steps: STEPS }), 'step 2 of 3')
  t.equal(nextOf({ step: 2 }, { steps: STEPS }), 'DONE')
  t.equal(nextOf({ step: 2 }, { steps: STEPS, outcome: 'ERROR' }), 'ERROR')
  t.equal(nextOf({ step: 2 }, undefined), undefined)
})

t.test('keyOf() is the same for numbers and bigints', async (t) => {
  t.equal(keyOf(42), keyOf(42n))
})
