import { showDuration } from '../clock/show-time.ts'
import { countText } from '../documents/count-text.ts'
import type { ShownJob } from '../page-state/details-kind.ts'
import type { ShownStep } from '../page-state/progress.ts'

/** The steps of a job: those behind it, the present one, and how it ends. */
export function LifecycleSteps({ job }: { readonly job: ShownJob }) {
  const { steps = [], outcome = 'DONE', cancel } = job.lifecycle
  return (
    <ol class="steps">
      {steps.map((step, index) => (
        <li
          key={index}
          class={index < job.step ? 'past' : undefined}
          aria-current={index === job.step ? 'step' : undefined}
        >
          {describeStep(step)}
        </li>
      ))}
      <li class="outcome" aria-current={job.status === 'RUNNING' ? undefined : 'step'}>
        {job.status === 'RUNNING' ? `then ${outcome}` : `ended ${job.status}`}
        {cancel === 'refuse' && <span class="muted"> (refuses to be cancelled)</span>}
      </li>
    </ol>
  )
}

function describeStep({ after, polls, hold, progress }: ShownStep): string {
  const reached = progress === undefined ? '' : `, to ${progress} %`
  if (hold) return `hold until released${reached}`
  if (polls !== undefined) return `${countText(polls, 'poll')}${reached}`
  return `${typeof after === 'number' ? showDuration(after) : (after ?? '')}${reached}`
}
