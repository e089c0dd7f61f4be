import { ByteBudget } from './byte-budget.ts'
import {
  callerBytes,
  lifecycleBytes,
  ownBytesOf,
  recordBytes,
  resultBytes,
  rowSetBytes,
} from './content-bytes.ts'
import type { JobContent, WantedJob } from './job.ts'
import { JobError } from './job-error.ts'
import { SharedBytes } from './shared-bytes.ts'

/** An estimate of what a job takes besides its content: names, state, places in tables and queues. */
const JOB_BYTES = 250

/** The jobs of one scope, as the budget of all sees them. */
export interface JobHolder {
  /** The number of the end of the job that may be removed first; undefined if none may. */
  oldestEnd(): number | undefined
  /** Removes that job. */
  removeOldest(): void
}

/** How a job ends, and with what. */
type OutcomeContent = Pick<JobContent, 'result' | 'lifecycle'>

/** The parts of a job that other jobs may share: all have the same caller, rule, fixture or default. */
type SharedContent = OutcomeContent & Pick<JobContent, 'caller'>

/** What counts of a job. */
type CountedJob = SharedContent & Pick<JobContent, 'keep' | 'request'>

/**
 * The bytes of the jobs of all scopes, as an estimate, and how many were created. The caller, the
 * lifecycle, the result and its rows are counted once for all jobs that share the object; so is the
 * request of a fixture, which every scope has.
 */
export class JobBudget {
  readonly #budget: ByteBudget
  readonly #shared: SharedBytes
  readonly #holders = new Set<JobHolder>()
  readonly #created = new Map<string, number>()
  #removableBytes = 0
  #ends = 0

  constructor(maxBytes: number) {
    this.#budget = new ByteBudget(maxBytes)
    this.#shared = new SharedBytes(this.#budget)
  }

  /** The bytes of all jobs. */
  get usedBytes(): number {
    return this.#budget.usedBytes
  }

  /** How many jobs were ever created, by their endpoints. */
  get created(): ReadonlyMap<string, number> {
    return this.#created
  }

  /** Adds the jobs of a scope, which may be removed to make room for others. */
  join(holder: JobHolder): void {
    this.#holders.add(holder)
  }

  leave(holder: JobHolder): void {
    this.#holders.delete(holder)
  }

  /** The number of the next end of a job, over all scopes. */
  nextEnd(): number {
    this.#ends += 1
    return this.#ends
  }

  /** The bytes that jobs need, as far as their content is not there yet. */
  bytesFor(jobs: Iterable<CountedJob & WantedJob>): number {
    const seen = new Set<object>()
    let bytes = 0
    for (const job of jobs) {
      bytes += JOB_BYTES
      if (job.keep !== 'always') bytes += ownBytesOf(job)
      else bytes += this.#newBytes(job.request, { measure: recordBytes, seen })
      bytes += this.#newSharedBytes(job, seen)
    }
    return bytes
  }

  /** The bytes of what a job may share with others, as far as they are not counted yet. */
  sharedBytes(content: SharedContent): number {
    const { caller, result, lifecycle } = content
    const isOld = this.#shared.holds(result) && this.#shared.holds(lifecycle)
    return isOld && this.#shared.holds(caller) ? 0 : this.#newSharedBytes(content, new Set())
  }

  #newSharedBytes({ caller, result, lifecycle }: SharedContent, seen: Set<object>): number {
    const isRows = result.kind === 'rows'
    const rows = isRows ? this.#newBytes(result.set, { measure: rowSetBytes, seen }) : 0
    return (
      rows +
      this.#newBytes(caller, { measure: callerBytes, seen }) +
      this.#newBytes(result, { measure: resultBytes, seen }) +
      this.#newBytes(lifecycle, { measure: lifecycleBytes, seen })
    )
  }

  /**
   * Removes the oldest finished jobs until so many more bytes fit: those of `own` first, then those
   * of other scopes in order of their end.
   *
   * @throws JobError if they cannot fit, even without any finished job; none is removed then.
   */
  makeRoom(bytes: number, own?: JobHolder): void {
    if (!this.#budget.fits(bytes - this.#removableBytes)) {
      const { usedBytes, maxBytes } = this.#budget
      const reason = `the jobs of all scopes have ${usedBytes} of at most ${maxBytes} bytes`
      const message = `Cannot take ${bytes} bytes for a job: ${reason}, raise max-job-bytes`
      throw new JobError('TOO_MANY_JOB_BYTES', message)
    }
    let isRemoved = true
    while (isRemoved && !this.#budget.fits(bytes)) isRemoved = this.#removeOldest(own)
  }

  /** Counts a job as created; its removal takes nothing away. */
  countCreated(endpoint: string): void {
    this.#created.set(endpoint, (this.#created.get(endpoint) ?? 0) + 1)
  }

  /**
   * Counts a new job, whose request and tag take `ownBytes`. Returns what it takes alone, without the
   * content that others may share.
   */
  add(job: CountedJob, ownBytes: number): number {
    const isShared = job.keep === 'always'
    if (isShared) this.#shared.take(job.request, recordBytes)
    this.#shared.take(job.caller, callerBytes)
    this.#takeOutcome(job)
    const bytes = JOB_BYTES + (isShared ? 0 : ownBytes)
    this.#budget.take(bytes)
    return bytes
  }

  /** Counts the new result and lifecycle of a job instead of those that it has. */
  replace(former: OutcomeContent, outcome: OutcomeContent): void {
    this.#takeOutcome(outcome)
    this.#releaseOutcome(former)
  }

  /** Counts a job no more; `bytes` is what `add` returned. */
  remove(job: CountedJob, bytes: number): void {
    if (job.keep === 'always') this.#shared.release(job.request)
    this.#shared.release(job.caller)
    this.#releaseOutcome(job)
    this.#budget.release(bytes)
  }

  /** Counts bytes of finished jobs, which can be removed; negative once they are gone. */
  addRemovable(bytes: number): void {
    this.#removableBytes += bytes
  }

  #takeOutcome({ result, lifecycle }: OutcomeContent): void {
    if (result.kind === 'rows') this.#shared.take(result.set, rowSetBytes)
    this.#shared.take(result, resultBytes)
    this.#shared.take(lifecycle, lifecycleBytes)
  }

  #releaseOutcome({ result, lifecycle }: OutcomeContent): void {
    if (result.kind === 'rows') this.#shared.release(result.set)
    this.#shared.release(result)
    this.#shared.release(lifecycle)
  }

  /** The bytes of a part that is not counted yet, and was not seen before. */
  #newBytes<Part extends object>(
    part: Part,
    { measure, seen }: { measure: (part: Part) => number; seen: Set<object> },
  ): number {
    if (this.#shared.holds(part) || seen.has(part)) return 0
    seen.add(part)
    return measure(part)
  }

  /** Removes the oldest finished job, as `makeRoom` orders them; returns whether there was one. */
  #removeOldest(own: JobHolder | undefined): boolean {
    const holder = this.#next(own)
    holder?.removeOldest()
    return holder !== undefined
  }

  /** The jobs to remove one of next. */
  #next(own: JobHolder | undefined): JobHolder | undefined {
    if (own?.oldestEnd() !== undefined) return own
    let oldest: JobHolder | undefined
    let oldestEnd = Number.POSITIVE_INFINITY
    for (const holder of this.#holders) {
      const end = holder.oldestEnd() ?? Number.POSITIVE_INFINITY
      if (end < oldestEnd) [oldest, oldestEnd] = [holder, end]
    }
    return oldest
  }
}
