import { isJobList, type JobRecord, type JobValue } from '../jobs/job.ts'
import type { ResultUse } from './complete-result.ts'

/** The zero values of an endpoint for a request, of which a rule may have `given` some fields. */
export type ZeroFields = (use: ResultUse, given: JobRecord) => JobRecord

const NO_BYTES = Buffer.alloc(0)
const NO_ITEMS: JobRecord = {}

/**
 * Lists that clients index side by side: each has as many zeros as the list of names. Most of these
 * endpoints echo the names of the request, so that empty lists beside them would end too early.
 */
export const LIST_ZEROS: Readonly<Record<string, ZeroFields>> = {
  '/admin/repair/table': beside('table_names', { repair_status: '' }),
  '/check/table': beside('table_names', { ids: '', locations: '', errors: '' }),
  // Java 7.2.3.15, FileDownloader: getFileData().get(i); Python 7.2.3.13, GPUdbFileHandler: [0].
  '/download/files': beside('file_names', { file_data: NO_BYTES }),
  // Java, GPUdbFileHandler.showDirectories: getUsers().get(0) and the like.
  '/show/directories': beside(
    'directories',
    { users: '', creation_times: 0n, data_usages: 0n, data_limits: 0n, permissions: '' },
    ({ directory_name: name }) => (name === '' || name === undefined ? [] : [name]),
  ),
  // Java, FileDownloader: getSizes().get(0); Python, GPUdbFileHandler.__is_multi_part: ["sizes"][0].
  '/show/files': beside('file_names', { sizes: 0n, users: '', creation_times: 0n }, filesOf),
  '/show/model': beside('model_names', {
    entity_ids: 0,
    input_schemas: '',
    output_schemas: '',
    registry_list: '',
    container_list: '',
    run_function_list: '',
    deployments: '',
    options: NO_ITEMS,
  }),
  '/show/statistics': beside('table_names', { stastistics_map: [] }),
  '/show/table/metadata': beside('table_names', { metadata_maps: NO_ITEMS }),
  '/show/tablemonitors': beside('monitor_ids', {
    table_names: '',
    events: '',
    increasing_columns: '',
    filter_expressions: '',
    join_table_names: '',
    join_column_names: '',
    join_expressions: '',
    refresh_method: '',
    refresh_period: '',
    refresh_start_time: '',
    datasink_names: '',
    max_consecutive_failures: 0,
    failed_notifications_table_names: '',
    statuses: '',
    additional_info: NO_ITEMS,
  }),
  '/show/video': beside('paths', {
    creation_times: '',
    elapsed_render_time_seconds: 0n,
    job_ids: 0n,
    rendered_bytes: 0n,
    rendered_frames: 0n,
    rendered_percents: 0n,
    requests: '',
    status: '',
    ttls: 0n,
  }),
  '/show/wal': beside('table_names', {
    sizes: [],
    capacities: 0n,
    uncommitted: [],
    settings: NO_ITEMS,
  }),
}

/** Lists with an item for each of the names, which are by default those of the request. */
function beside(
  names: string,
  items: Readonly<Record<string, JobValue>>,
  namesOf = (request: JobRecord): JobValue | undefined => request[names],
): ZeroFields {
  return ({ request }, given) => {
    const named = given[names] ?? namesOf(request)
    const list = isJobList(named) ? named : []
    // Equal lists are one object.
    const lists = new Map<JobValue, readonly JobValue[]>()
    const fields: Record<string, JobValue> = { [names]: list }
    for (const [field, item] of Object.entries(items)) {
      const zeros = lists.get(item) ?? new Array<JobValue>(list.length).fill(item)
      lists.set(item, zeros)
      fields[field] = zeros
    }
    return fields
  }
}

/** The paths of files: one without a slash names a directory, which has no files. */
function filesOf({ paths }: JobRecord): readonly JobValue[] {
  return isJobList(paths) ? paths.filter((path) => String(path).includes('/')) : []
}
