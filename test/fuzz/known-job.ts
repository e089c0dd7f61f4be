import { ReferenceClient } from '../support/reference-client.ts'
import type { PollAnswer } from '../support/truth-table.ts'

type Step = (job: KnownJob) => Promise<void>

/**
 * A job in a scope of its own, which nothing else uses: whatever the mock received elsewhere, this
 * job runs as its clock says, or is cancelled. Each step is one call.
 */
export class KnownJob {
  readonly #client: ReferenceClient
  #id = 0n
  #next = 0

  constructor(port: number, limitMs: number) {
    this.#client = new ReferenceClient({ port, scope: '/~known', limitMs })
  }

  /** Does the next step. Rejects if the job is not what it must be. */
  async step(): Promise<void> {
    const step = STEPS[this.#next % STEPS.length]
    this.#next += 1
    await step?.(this)
  }

  async freeze(): Promise<void> {
    await this.#client.control('/reset')
    await this.#client.control('/clock', { mode: 'frozen' })
  }

  async create(): Promise<void> {
    this.#id = await this.#client.createJob()
  }

  async advance(by: string): Promise<void> {
    await this.#client.control('/clock/advance', { by })
  }

  async cancel(): Promise<void> {
    await this.#client.cancelJob(this.#id)
  }

  async expect(status: string, progress: number): Promise<void> {
    const answer = await this.#client.poll(this.#id)
    const seen = describe(answer)
    const wanted = `${status} at ${progress}`
    if (seen !== wanted) throw new Error(`the known job ${this.#id} is ${seen}, not ${wanted}`)
  }

  close(): void {
    this.#client.close()
  }
}

/** A job runs for one second on a frozen clock. */
const STEPS: readonly Step[] = [
  (job) => job.freeze(),
  (job) => job.create(),
  (job) => job.expect('RUNNING', 0),
  (job) => job.advance('400ms'),
  (job) => job.expect('RUNNING', 40),
  (job) => job.advance('600ms'),
  (job) => job.expect('DONE', 100),
  (job) => job.expect('DONE', 100),
  (job) => job.create(),
  (job) => job.advance('250ms'),
  (job) => job.expect('RUNNING', 25),
  (job) => job.cancel(),
  (job) => job.expect('CANCELLED', 25),
  (job) => job.advance('1h'),
  (job) => job.expect('CANCELLED', 25),
]

function describe({ job_status, progress }: PollAnswer): string {
  return `${job_status} at ${progress}`
}
