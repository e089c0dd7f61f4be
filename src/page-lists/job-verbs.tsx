import { Icon } from '../page-parts/icon.tsx'
import { Verb } from '../page-parts/verb.tsx'
import { CALLS } from '../page-state/call.ts'
import type { JobRow } from '../page-state/documents.ts'
import { keyOf } from '../page-state/progress.ts'

/** The verbs of a running job; one that has ended has none. */
export function JobVerbs({
  job,
}: {
  readonly job: Pick<JobRow, 'job_id' | 'status' | 'next_change_at_ms'>
}) {
  if (job.status !== 'RUNNING') return null
  const key = keyOf(job.job_id)
  const name = `job ${key}`
  return (
    <div class="verbs">
      <Verb
        class="button small"
        call={CALLS.release(key)}
        done={`Released ${name}`}
        label={`Release ${name}`}
        // A step that ends by time holds nothing.
        isDisabled={job.next_change_at_ms !== null}
      >
        <Icon name="release" /> <span class="verb-text">Release</span>
      </Verb>
      <Verb
        class="button small ok"
        call={CALLS.finish(key, 'DONE')}
        done={`Finished ${name}: DONE`}
        label={`Finish ${name} with DONE`}
      >
        <Icon name="done" /> <span class="verb-text">Done</span>
      </Verb>
      <Verb
        class="button small bad"
        call={CALLS.finish(key, 'ERROR')}
        done={`Finished ${name}: ERROR`}
        label={`Finish ${name} with ERROR`}
      >
        <Icon name="error" /> <span class="verb-text">Error</span>
      </Verb>
      <Verb
        class="button small"
        call={CALLS.cancel(key)}
        done={`Asked ${name} to stop`}
        label={`Cancel ${name}`}
      >
        <Icon name="cancelled" /> <span class="verb-text">Cancel</span>
      </Verb>
    </div>
  )
}
