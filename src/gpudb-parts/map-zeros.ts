import { createMap } from '../avro/avro-value.ts'
import type { JobValue } from '../jobs/job.ts'
import type { ZeroFields } from './list-zeros.ts'

/** What programs look up by the name that they asked for. */
export const MAP_ZEROS: Readonly<Record<string, ZeroFields>> = {
  '/aggregate/statistics': ({ request }) => ({ stats: zeroStatistics(request['stats']) }),
  '/execute/proc': () => ({ run_id: '1' }),
  '/show/proc/status': ({ request }) => procStatus(request['run_id']),
}

/** A zero for each statistic of a list such as `mean,percentile(50)`. */
function zeroStatistics(stats: JobValue | undefined): JobValue {
  const names = String(stats ?? '').match(/(?:[^,()]|\([^()]*\))+/g) ?? []
  return createMap(names.map((name) => [name.replace(/^ +| +$/g, ''), 0]))
}

/** The fields of the status of a run, with their zeros. */
const PROC_FIELDS: Readonly<Record<string, JobValue>> = {
  proc_names: '',
  params: {},
  bin_params: {},
  input_table_names: [],
  input_column_names: {},
  output_table_names: [],
  options: {},
  overall_statuses: 'complete',
  statuses: {},
  messages: {},
  results: {},
  bin_results: {},
  output: {},
  timings: {},
}

/** A run that is complete: programs wait until its status is no longer `running`. */
function procStatus(id: JobValue | undefined): Readonly<Record<string, JobValue>> {
  if (typeof id !== 'string' || id === '') return {}
  const entries = Object.entries(PROC_FIELDS).map(([field, zero]) => [
    field,
    createMap([[id, zero]]),
  ])
  return Object.fromEntries(entries)
}
