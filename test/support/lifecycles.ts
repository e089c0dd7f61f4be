import fc from 'fast-check'
import type { CancelPolicy, Lifecycle, Outcome, Step } from '../../src/jobs/lifecycle.ts'

/** Times are short, so that several events often happen in the same millisecond. */
export const anyShortMs: fc.Arbitrary<number> = fc.integer({ min: 0, max: 12 })

const anyProgress = fc.integer({ min: 0, max: 100 })

const anyTimedStep: fc.Arbitrary<Step> = fc.record(
  { ends: fc.constant('after'), afterMs: anyShortMs, progress: anyProgress },
  { requiredKeys: ['ends', 'afterMs'] },
)

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: anyTimedStep },
  fc.record(
    { ends: fc.constant('polls'), polls: fc.integer({ min: 1, max: 3 }), progress: anyProgress },
    { requiredKeys: ['ends', 'polls'] },
  ),
  fc.record({ ends: fc.constant('hold'), progress: anyProgress }, { requiredKeys: ['ends'] }),
)

const anyCancelPolicy: fc.Arbitrary<CancelPolicy> = fc.oneof(
  fc.constantFrom<CancelPolicy>('immediate', 'refuse'),
  fc.record({ afterMs: anyShortMs }),
)

/** Any lifecycle, also those that fixtures reject: no steps, falling progress. */
export const anyLifecycle: fc.Arbitrary<Lifecycle> = fc.record({
  steps: fc.array(anyStep, { maxLength: 4 }),
  outcome: fc.constantFrom<Outcome>('DONE', 'ERROR', 'CANCELLED'),
  error: fc.constantFrom('', 'rank 2 is unreachable'),
  cancel: anyCancelPolicy,
})

/** Any lifecycle that fixtures accept: progress never falls, and only ERROR has an error. */
export const anyFixtureLifecycle: fc.Arbitrary<Lifecycle> = anyLifecycle.map((lifecycle) => {
  let reached = 0
  const steps = lifecycle.steps.map((step) => {
    if (step.progress === undefined) return step
    reached = Math.max(reached, step.progress)
    return { ...step, progress: reached }
  })
  return { ...lifecycle, steps, error: lifecycle.outcome === 'ERROR' ? lifecycle.error : '' }
})

/** A lifecycle that ends DONE and can be cancelled immediately; `parts` overrides fields. */
export function lifecycleOf(steps: readonly Step[], parts: Partial<Lifecycle> = {}): Lifecycle {
  return { steps, outcome: 'DONE', error: '', cancel: 'immediate', ...parts }
}
