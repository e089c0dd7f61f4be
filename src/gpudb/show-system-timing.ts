import { defineEndpoint } from '../gpudb-parts/endpoint.ts'

/** The maximum number of listed requests (documentation of `/show/system/timing`). */
const MAX_REQUESTS = 100

/** The durations of finished jobs, the latest first. Differs: direct calls are not listed. */
export const showSystemTiming = defineEndpoint(
  '/show/system/timing',
  (_request, { scope, entry }) => {
    const recent = scope.jobs
      .list()
      .filter(({ state }) => state.status !== 'RUNNING')
      .filter(({ job }) => job.placement.on.has(entry.cluster))
      .sort((left, right) => right.state.sinceMs - left.state.sinceMs)
      .slice(0, MAX_REQUESTS)
    return {
      endpoints: recent.map(({ job }) => job.endpoint),
      time_in_ms: recent.map(({ job, state }) => state.sinceMs - job.createdAtMs),
      jobIds: recent.map(({ job }) => job.id.toString()),
      info: {},
    }
  },
)
