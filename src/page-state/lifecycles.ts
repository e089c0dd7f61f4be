import { signal } from '@preact/signals'
import type { Reader } from './api.ts'
import type { JobRow, WholeJob } from './documents.ts'
import { keyOf, type ShownStep } from './progress.ts'

/** The lifecycle of a job, as its document has it. */
export interface ShownLifecycle {
  readonly steps?: readonly ShownStep[]
  readonly outcome?: string
}

interface Known {
  readonly job: JobRow
  readonly lifecycle: ShownLifecycle | undefined
}

/**
 * The lifecycles of the running jobs on screen, which brief lists omit: progress moves by them. Each
 * is fetched once, one at a time, and again only if the job no longer follows it.
 */
export class Lifecycles {
  readonly #api: Reader
  readonly #known = signal<ReadonlyMap<string, Known>>(new Map())
  #wanted: readonly JobRow[] = []
  #isLoading = false

  constructor(api: Reader) {
    this.#api = api
  }

  /** The lifecycle that a job follows; undefined if it is not known yet. Subscribes its reader. */
  find(job: JobRow): ShownLifecycle | undefined {
    const known = this.#known.value.get(keyOf(job.job_id))
    return known !== undefined && isFollowed(known, job) ? known.lifecycle : undefined
  }

  /** Fetches the lifecycles of those jobs that change by time, and forgets those of other jobs. */
  want(jobs: readonly JobRow[]): void {
    this.#wanted = jobs.filter(({ next_change_at_ms }) => next_change_at_ms !== null)
    const keys = new Set(this.#wanted.map(({ job_id }) => keyOf(job_id)))
    const kept = [...this.#known.peek()].filter(([key]) => keys.has(key))
    if (kept.length < this.#known.peek().size) this.#known.value = new Map(kept)
    if (!this.#isLoading) void this.#load()
  }

  async #load(): Promise<void> {
    this.#isLoading = true
    for (let job = this.#next(); job !== undefined; job = this.#next()) await this.#fetch(job)
    this.#isLoading = false
  }

  #next(): JobRow | undefined {
    return this.#wanted.find((job) => {
      const known = this.#known.peek().get(keyOf(job.job_id))
      return known === undefined || !(isFollowed(known, job) || isSameMoment(known.job, job))
    })
  }

  /** A job that is gone has no lifecycle. It is not asked for again before it changes. */
  async #fetch(job: JobRow): Promise<void> {
    const key = keyOf(job.job_id)
    const whole = await this.#api.get<WholeJob>(`jobs/${key}`).catch(() => undefined)
    const lifecycle: ShownLifecycle | undefined = whole?.lifecycle
    this.#known.value = new Map(this.#known.peek()).set(key, { job, lifecycle })
  }
}

/** Whether the present step of a job ends when the lifecycle says, or earlier by a cancellation. */
function isFollowed({ job: { created_at_ms }, lifecycle }: Known, job: JobRow): boolean {
  const after = lifecycle?.steps?.[job.step]?.after
  if (created_at_ms !== job.created_at_ms || typeof after !== 'number') return false
  return job.next_change_at_ms !== null && job.next_change_at_ms <= job.changed_at_ms + after
}

function isSameMoment(one: JobRow, other: JobRow): boolean {
  return (
    one.created_at_ms === other.created_at_ms &&
    one.changed_at_ms === other.changed_at_ms &&
    one.next_change_at_ms === other.next_change_at_ms
  )
}
