import type { KeptAnswer } from '../exchanges/kept-answer.ts'
import type { Encoding, ResultEncoding } from '../jobs/encoding.ts'
import type { JobRecord } from '../jobs/job.ts'
import { JOB_STATUSES, type JobStatus } from '../jobs/job-state.ts'
import { type InferredLifecycle, inferLifecycle, type PollRun } from './infer-lifecycle.ts'
import type { ReadPattern, RequestPattern } from './request-pattern.ts'

/** How a job was asked for by `/create/job`. */
export interface CreatedBy {
  readonly pattern: RequestPattern
  /** The encoding of the request inside. */
  readonly encoding: Encoding
}

/** The request of a job, which is only kept until its end was seen. */
export interface JobInput extends Pick<ReadPattern, 'secrets'> {
  readonly request: JobRecord
}

/** The parts of a job that are known when it is first seen. */
export interface JobStart {
  readonly id: bigint
  readonly tag: string
  readonly endpoint: string
  /** When it began, in epoch milliseconds. */
  readonly startMs: number
  /** Undefined: it existed before the recording. */
  readonly created: CreatedBy | undefined
}

/** An answer of `/get/job`. */
export interface Poll {
  readonly atMs: number
  readonly status: JobStatus
  readonly progress: number
  /** Without secrets. */
  readonly error: string
}

/** The result of a job that is DONE. */
export interface JobResult {
  readonly answer: KeptAnswer
  readonly encoding: ResultEncoding
}

/** A job that passed through the proxy. */
export class RecordedJob {
  start: JobStart
  /** Undefined: it has ended, or existed before the recording. */
  input: JobInput | undefined
  result: JobResult | undefined
  readonly #runs: PollRun[] = []
  #error = ''
  #cancelMs: number | undefined
  #ranOn = false

  constructor(start: JobStart, input?: JobInput) {
    this.start = start
    this.input = input
  }

  /** How often it was polled. */
  get polls(): number {
    return this.#runs.reduce((sum, { polls }) => sum + polls, 0)
  }

  /** The last status that was seen; undefined if it was never polled. */
  get status(): JobStatus | undefined {
    return this.#runs.at(-1)?.status
  }

  /** Equal for jobs that ended alike. */
  get outcomeKey(): string {
    return JSON.stringify([
      this.status,
      this.#error,
      this.result?.answer.key,
      this.result?.encoding,
    ])
  }

  /** Whether its end was seen: polls after it say nothing new. */
  get hasEnded(): boolean {
    return this.status !== undefined && this.status !== 'RUNNING'
  }

  poll({ atMs, status, progress, error }: Poll): void {
    if (this.hasEnded) return
    const last = this.#runs.at(-1)
    if (status === 'RUNNING' && this.#cancelMs !== undefined) this.#ranOn = true
    const passedMs = Math.max(atMs - this.start.startMs, last?.lastMs ?? 0, 0)
    const shown = Math.max(Math.min(progress, 100), last?.progress ?? 0, 0)
    if (last !== undefined && last.status === status && last.progress === shown) {
      this.#runs[this.#runs.length - 1] = { ...last, lastMs: passedMs, polls: last.polls + 1 }
      return
    }
    this.#runs.push({ status, progress: shown, firstMs: passedMs, lastMs: passedMs, polls: 1 })
    this.#error = error
  }

  /** A client asked to cancel it. */
  cancel(atMs: number): void {
    if (!this.hasEnded) this.#cancelMs ??= Math.max(atMs - this.start.startMs, 0)
  }

  /** Undefined if it was never polled. */
  lifecycle(): InferredLifecycle | undefined {
    if (this.#runs.length === 0) return undefined
    return inferLifecycle({
      runs: this.#runs,
      cancelMs: this.#cancelMs,
      ranOn: this.#ranOn,
      error: this.#error,
    })
  }
}

/** Reads a value of `job_status`. */
export function readStatus(text: unknown): JobStatus | undefined {
  return JOB_STATUSES.find((status) => status === text)
}
