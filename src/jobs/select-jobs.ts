import type { StoredJob } from './stored-job.ts'

/** Positions in a list, from the first one to before the end. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** The jobs to select. */
export interface JobSelection {
  /** The tag of the wanted jobs. Undefined: any. */
  readonly tag?: string | undefined
  /** Whether a job is one of those that are wanted. Undefined: every job is. */
  readonly isWanted: ((job: StoredJob) => boolean) | undefined
  /** The part of the wanted jobs to select, in order of creation, by how many are wanted. */
  readonly range: (total: number) => Range
}

/** Jobs in order of creation, and those with a tag. */
export interface SelectableJobs {
  readonly size: number
  values(): Iterable<StoredJob>
  /** The last of them. */
  readonly newest: { readonly size: number; values(): Iterable<StoredJob> }
  tagged(tag: string): readonly StoredJob[]
}

/** Jobs that were selected, and how many were wanted. */
export interface SelectedJobs {
  readonly jobs: StoredJob[]
  readonly total: number
}

/** Selects a part of the wanted jobs. There may be a million of them: it makes nothing for each. */
export function selectJobs(
  table: SelectableJobs,
  { tag, isWanted, range }: JobSelection,
): SelectedJobs {
  if (tag === undefined && isWanted === undefined) {
    return { jobs: selectAny(table, range(table.size)), total: table.size }
  }
  const all = () => (tag === undefined ? table.values() : table.tagged(tag))
  const total = countJobs(all(), isWanted)
  return { jobs: slice(all(), { ...range(total), isWanted }), total }
}

/** Selects a part of all jobs: if it is one of the newest, without a walk over the others. */
function selectAny(table: SelectableJobs, { start, end }: Range): StoredJob[] {
  const { newest, size } = table
  const older = size - newest.size
  if (start < older) return slice(table.values(), { start, end })
  return slice(newest.values(), { start: start - older, end: end - older })
}

function slice(
  jobs: Iterable<StoredJob>,
  { start, end, isWanted = always }: Range & Partial<Pick<JobSelection, 'isWanted'>>,
): StoredJob[] {
  const part: StoredJob[] = []
  let position = 0
  for (const job of jobs) {
    if (position >= end) break
    if (!isWanted(job)) continue
    if (position >= start) part.push(job)
    position += 1
  }
  return part
}

function always(): boolean {
  return true
}

function countJobs(jobs: Iterable<StoredJob>, isWanted: JobSelection['isWanted'] = always): number {
  let count = 0
  for (const job of jobs) if (isWanted(job)) count += 1
  return count
}
