import { isJobTag } from '../jobs/job.ts'
import type { JobKey } from '../jobs/job-table.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

/** The options of a request that may name a job by its tag. */
type Options = Readonly<Record<string, string>>

/**
 * The tag in `options.job_tag`; undefined if it is missing or empty.
 *
 * @throws GpudbError if it has other characters than letters, digits, `_` and `-`, or over 255.
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
 * The job that a request names. A tag decides alone: on a backup cluster, for which tags are made,
 * the id means nothing.
 *
 * @throws GpudbError if the request has neither a tag nor an id.
 */
export function readJobKey(request: { job_id: bigint; options: Options }): JobKey {
  const tag = readTag(request.options)
  if (tag !== undefined) return { tag }
  if (request.job_id !== 0n) return { id: request.job_id }
  throw new GpudbError('Cannot find a job: give job_id, or the tag in options.job_tag')
}
