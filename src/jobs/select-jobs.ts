import type { Job } from './job.ts'
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
  readonly isWanted: ((job: Job) => boolean) | undefined
  /** The part of the wanted jobs to select, in order of creation, by how many are wanted. */
  readonly range: (total: number) => Range
}

/** Jobs in order of creation. */
interface OrderedJobs {
  readonly size: number
  values(): Iterable<StoredJob>
}

/** All jobs, and those with a tag. */
export interface SelectableJobs extends OrderedJobs {
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
  { tag, isWanted = always, range }: JobSelection,
): SelectedJobs {
  const all: OrderedJobs = tag === undefined ? table : new Set(table.tagged(tag))
  const total = isWanted === always ? all.size : countJobs(all, isWanted)
  const { start, end } = range(total)
  const jobs: StoredJob[] = []
  let position = 0
  for (const job of all.values()) {
    if (position >= end) break
    if (!isWanted(job)) continue
    if (position >= start) jobs.push(job)
    position += 1
  }
  return { jobs, total }
}

function always(): boolean {
  return true
}

function countJobs(table: OrderedJobs, isWanted: (job: Job) => boolean): number {
  let count = 0
  for (const job of table.values()) if (isWanted(job)) count += 1
  return count
}
