import type { Endpoint } from '../gpudb-parts/endpoint.ts'
import { adminAlterJobs } from './admin-alter-jobs.ts'
import { adminShowJobs } from './admin-show-jobs.ts'
import { createJob } from './create-job.ts'
import { getJob } from './get-job.ts'
import { showSystemProperties } from './show-system-properties.ts'
import { showSystemStatus } from './show-system-status.ts'
import { showSystemTiming } from './show-system-timing.ts'

/**
 * The endpoints with their own behaviour; all others answer by a rule or echo the request. Only a
 * rule with the full path answers direct calls of these: a rule for `*` that replaced `/get/job`
 * would make every job useless.
 */
const ENDPOINTS: readonly Endpoint[] = [
  adminAlterJobs,
  adminShowJobs,
  createJob,
  getJob,
  showSystemProperties,
  showSystemStatus,
  showSystemTiming,
]

const BY_PATH: ReadonlyMap<string, Endpoint> = new Map(ENDPOINTS.map((one) => [one.path, one]))

/** The paths of the endpoints with their own behaviour, such as `/get/job`. */
export const OWN_ENDPOINTS: ReadonlySet<string> = new Set(BY_PATH.keys())

/** The endpoint at a path; undefined if it has no behaviour of its own. */
export function findOwnEndpoint(path: string): Endpoint | undefined {
  return BY_PATH.get(path)
}
