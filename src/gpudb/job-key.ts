import { isJobTag } from '../jobs/job.ts'
import type { JobKey } from '../jobs/job-table.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

/** The `options` of a request; `job_tag` may identify a job. */
type Options = Readonly<Record<string, string>>

/**
 * The tag in `options.job_tag`; undefined if it is missing or empty.
 *
 * @throws GpudbError if it has characters other than letters, digits, `_` and `-` (documentation of
 *   `/create/job`), or more than 255.
 */
export function readTag(options: Options): string | undefined {
  const tag = options['job_tag']
  if (tag === undefined || tag === '') return undefined
  if (isJobTag(tag)) return tag
  const allowed = `use 1 to 255 letters, digits, '_' and '-'`
  throw new GpudbError(
    `Cannot take options.job_tag ${JSON.stringify(tag.slice(0, 40))}: ${allowed}`,
  )
}

/**
 * The job that a request to the cluster `at` identifies. Differs: if there is a tag, the id is
 * ignored; on a backup cluster, the purpose of tags, the id has no meaning.
 *
 * @throws GpudbError if the request has neither a tag nor an id.
 */
export function readJobKey(request: { job_id: bigint; options: Options }, at: string): JobKey {
  const tag = readTag(request.options)
  if (tag !== undefined) return { tag, at }
  if (request.job_id !== 0n) return { id: request.job_id, at }
  throw new GpudbError('Cannot find a job: give job_id, or the tag in options.job_tag')
}
