import type { JobDefinition } from '../../src/jobs/job.ts'
import { plainLifecycle } from '../../src/jobs/lifecycle.ts'
import { ECHO } from '../../src/jobs/result.ts'

const NO_CALLER = { user: '', sourceIp: '' }

/** A job as `/create/job` creates it, with a duration of one second; `parts` overrides fields. */
export function jobOf(parts: Partial<JobDefinition> = {}): JobDefinition {
  return {
    endpoint: '/alter/table',
    request: {},
    result: ECHO,
    encoding: 'binary',
    lifecycle: plainLifecycle(1000, 'immediate'),
    caller: NO_CALLER,
    keep: 'retention',
    ...parts,
  }
}
