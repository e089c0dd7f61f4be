import type { AvroRecord } from '../avro/avro-value.ts'
import type { Encoding } from '../jobs/encoding.ts'
import type { Job } from '../jobs/job.ts'
import type { WrappedAnswer } from '../wire/wrapper.ts'
import type { EndpointTypes } from './endpoint-types.ts'

/** The response of `/get/job`. */
export type JobResponse = EndpointTypes['/get/job']['response']

/** The encoded answers that have one response, by the encoding of the request. */
type Encoded = Map<Encoding, WrappedAnswer>

/** How many jobs have kept answers; then keeping begins anew. */
const MAX_JOBS = 256

/** The longest result of a job whose answers are kept, in bytes or characters. */
const MAX_LENGTH = 2000

/**
 * The answers of `/get/job` about jobs that are DONE, which never change. Some clients poll a job
 * again after its end, most do not: the second answer is kept. Answers are gone with their jobs.
 */
export class FinishedAnswers {
  /** Jobs with one answer. */
  #seen = new WeakSet<Job>()
  #seenSize = 0
  #responses = new WeakMap<Job, JobResponse>()
  #encoded = new WeakMap<AvroRecord, Encoded>()
  #size = 0

  /** The kept response about a job. */
  find(job: Job): JobResponse | undefined {
    return this.#responses.get(job)
  }

  /** Keeps the response about a job that is DONE, unless it is long or the first one. */
  keep(job: Job, response: JobResponse): void {
    if (response.job_response.length + response.job_response_str.length > MAX_LENGTH) return
    if (!this.#seen.has(job)) {
      this.#see(job)
      return
    }
    if (this.#size === MAX_JOBS) this.#clear()
    this.#size += 1
    this.#responses.set(job, response)
    this.#encoded.set(response, new Map())
  }

  /** The encoded answers of a kept response; undefined for any other response. */
  encoded(response: AvroRecord): Encoded | undefined {
    return this.#encoded.get(response)
  }

  #see(job: Job): void {
    if (this.#seenSize === MAX_JOBS) {
      this.#seen = new WeakSet()
      this.#seenSize = 0
    }
    this.#seenSize += 1
    this.#seen.add(job)
  }

  #clear(): void {
    this.#responses = new WeakMap()
    this.#encoded = new WeakMap()
    this.#size = 0
  }
}
