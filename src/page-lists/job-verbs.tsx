import { useMemo } from 'preact/hooks'
import { Icon } from '../page-parts/icon.tsx'
import { Verb } from '../page-parts/verb.tsx'
import { CALLS } from '../page-state/call.ts'
import type { JobRow } from '../page-state/documents.ts'
import { keyOf } from '../page-state/progress.ts'

interface JobVerbsProps {
  readonly job: Pick<JobRow, 'job_id' | 'status' | 'next_change_at_ms'>
}

/** The verbs of a running job; one that has ended has none. They are drawn again only if they change. */
export function JobVerbs({ job }: JobVerbsProps) {
  const jobKey = keyOf(job.job_id)
  const isRunning = job.status === 'RUNNING'
  // A step that ends by time holds nothing.
  const isHeld = job.next_change_at_ms === null
  return useMemo(
    () => (isRunning ? <Verbs jobKey={jobKey} isHeld={isHeld} /> : null),
    [jobKey, isRunning, isHeld],
  )
}

function Verbs({ jobKey, isHeld }: { readonly jobKey: string; readonly isHeld: boolean }) {
  const name = `job ${jobKey}`
  return (
    <div class="verbs">
      <Verb
        class="button small"
        call={CALLS.release(jobKey)}
        done={`Released ${name}`}
        label={`Release ${name}`}
        isDisabled={!isHeld}
      >
        <Icon name="release" /> <span class="verb-text">Release</span>
      </Verb>
      <Verb
        class="button small ok"
        call={CALLS.finish(jobKey, 'DONE')}
        done={`Finished ${name}: DONE`}
        label={`Finish ${name} with DONE`}
      >
        <Icon name="done" /> <span class="verb-text">Done</span>
      </Verb>
      <Verb
        class="button small bad"
        call={CALLS.finish(jobKey, 'ERROR')}
        done={`Finished ${name}: ERROR`}
        label={`Finish ${name} with ERROR`}
      >
        <Icon name="error" /> <span class="verb-text">Error</span>
      </Verb>
      <Verb
        class="button small"
        call={CALLS.cancel(jobKey)}
        done={`Asked ${name} to stop`}
        label={`Cancel ${name}`}
      >
        <Icon name="cancelled" /> <span class="verb-text">Cancel</span>
      </Verb>
    </div>
  )
}
