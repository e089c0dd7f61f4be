import { defineEndpoint } from '../gpudb-parts/endpoint.ts'
import { isJobRecord, type JobRecord, type JobValue } from '../jobs/job.ts'
import type { JobView } from '../jobs/stored-job.ts'

/**
 * Lists the running jobs; with `options.show_async_jobs`, finished ones too (documentation of
 * `/admin/show/jobs`).
 */
export const adminShowJobs = defineEndpoint('/admin/show/jobs', ({ options }, { scope, entry }) => {
  const views = scope.jobs.list().filter(({ job }) => job.placement.on.has(entry.cluster))
  const running = views.filter(({ state }) => state.status === 'RUNNING')
  const shown = options['show_async_jobs'] === 'true' ? views : running
  const jobs = shown.map(({ job }) => job)
  const requests = jobs.map(({ request }) => request)
  return {
    job_id: jobs.map(({ id }) => id),
    status: shown.map(({ state }) => state.status),
    endpoint_name: jobs.map(({ endpoint }) => endpoint),
    time_received: jobs.map(({ createdAtMs }) => BigInt(createdAtMs)),
    auth_id: jobs.map(({ caller }) => caller.user),
    source_ip: jobs.map(({ caller }) => caller.sourceIp),
    query_text: jobs.map(({ endpoint }, index) => queryText(endpoint, requests[index])),
    user_data: requests.map(userData),
    flags: jobs.map(() => ''),
    info: options['show_worker_info'] === 'true' ? { worker_info: workerInfo(running) } : {},
  }
})

/** Differs: the format of this JSON is undocumented; this one is ours. */
function workerInfo(running: readonly JobView[]): string {
  const jobs = running.map(({ job, progress }) => ({ job_id: job.id.toString(), progress }))
  return JSON.stringify({ workers: [{ rank: 1, jobs }] })
}

function queryText(endpoint: string, request: JobRecord | undefined): string {
  return endpoint === '/execute/sql' ? text(request?.['statement']) : ''
}

function userData(request: JobRecord): string {
  const options = request['options']
  return isJobRecord(options) ? text(options['job_user_data']) : ''
}

function text(value: JobValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
