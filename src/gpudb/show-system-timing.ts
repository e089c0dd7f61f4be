import { defineEndpoint } from './endpoint.ts'

/** How many requests the real server remembers (documentation of `/show/system/timing`). */
const MAX_REQUESTS = 100

/** Tells how long the jobs took that finished last. Differs: direct calls are not in it. */
export const showSystemTiming = defineEndpoint('/show/system/timing', (_request, { scope }) => {
  const recent = scope.jobs
    .list()
    .filter(({ state }) => state.status !== 'RUNNING')
    .sort((left, right) => right.state.sinceMs - left.state.sinceMs)
    .slice(0, MAX_REQUESTS)
  return {
    endpoints: recent.map(({ job }) => job.endpoint),
    time_in_ms: recent.map(({ job, state }) => state.sinceMs - job.createdAtMs),
    jobIds: recent.map(({ job }) => job.id.toString()),
    info: {},
  }
})
