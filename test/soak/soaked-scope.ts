import { ReferenceClient } from '../support/reference-client.ts'
import type { PollAnswer } from '../support/truth-table.ts'

/** What the worker knows of a job: the truth is computed from it. */
interface ModelJob {
  readonly createdAtMs: number
  readonly cancelledAtMs?: number
}

const DURATION_MS = 1000
/** Multiples of 10 ms, in which the progress of one second is a whole percentage. */
const ADVANCES_MS = [0, 10, 130, 250, 400, 990, 1000, 5000] as const
/** The most jobs of a scope that are polled again; older ones are forgotten. */
const MAX_MODEL_JOBS = 40

/** What a worker does, by turns; polls are the most. */
const ACTIONS = [
  'create',
  'poll',
  'poll',
  'advance',
  'poll',
  'cancel',
  'poll',
  'poll',
  'create',
  'poll',
  'advance',
] as const

const RESET_EVERY = 997

/** One connection in a scope of its own, whose jobs it models: every poll has one right answer. */
export class SoakedScope {
  /** The calls that were answered as the model says. */
  calls = 0
  readonly #client: ReferenceClient
  readonly #jobs = new Map<bigint, ModelJob>()
  #nowMs = 0
  #turn: number

  /** `index` names the scope and shifts its turns against those of the others. */
  constructor(index: number, { port, limitMs }: { port: number; limitMs: number }) {
    this.#client = new ReferenceClient({ port, scope: `/~soak-${index}`, limitMs })
    this.#turn = index * 101
  }

  /** Resets the scope and freezes its clock. */
  async reset(): Promise<void> {
    await this.#client.control('/reset')
    await this.#client.control('/clock', { mode: 'frozen' })
    this.#jobs.clear()
  }

  /** Does the next action. Rejects if an answer is not what the model says. */
  async act(): Promise<void> {
    this.#turn += 1
    this.calls += 1
    if (this.#turn % RESET_EVERY === 0) return await this.reset()
    switch (ACTIONS[this.#turn % ACTIONS.length]) {
      case 'create':
        return await this.#create()
      case 'cancel':
        return await this.#cancel()
      case 'advance':
        return await this.#advance()
      case 'poll':
      case undefined:
        return await this.#poll()
    }
  }

  close(): void {
    this.#client.close()
  }

  async #create(): Promise<void> {
    const id = await this.#client.createJob()
    this.#jobs.set(id, { createdAtMs: this.#nowMs })
    const [oldest] = this.#jobs.keys()
    if (this.#jobs.size > MAX_MODEL_JOBS && oldest !== undefined) this.#jobs.delete(oldest)
  }

  async #cancel(): Promise<void> {
    const [id, job] = this.#pick()
    if (id === undefined || job === undefined) return
    await this.#client.cancelJob(id)
    const isRunning = job.cancelledAtMs === undefined && this.#nowMs - job.createdAtMs < DURATION_MS
    if (isRunning) this.#jobs.set(id, { ...job, cancelledAtMs: this.#nowMs })
  }

  async #advance(): Promise<void> {
    const by = ADVANCES_MS[this.#turn % ADVANCES_MS.length] ?? 0
    await this.#client.control('/clock/advance', { by })
    this.#nowMs += by
  }

  async #poll(): Promise<void> {
    const [id, job] = this.#pick()
    if (id === undefined || job === undefined) return
    const seen = describe(await this.#client.poll(id))
    const wanted = this.#truthOf(job)
    if (seen !== wanted) throw new Error(`job ${id} is ${seen}, not ${wanted}`)
  }

  #pick(): readonly [bigint, ModelJob] | readonly [] {
    const jobs = [...this.#jobs]
    return jobs[this.#turn % Math.max(1, jobs.length)] ?? []
  }

  #truthOf({ createdAtMs, cancelledAtMs }: ModelJob): string {
    const elapsedMs = (cancelledAtMs ?? this.#nowMs) - createdAtMs
    const percent = elapsedMs / (DURATION_MS / 100)
    if (cancelledAtMs !== undefined) return `CANCELLED at ${percent}`
    return elapsedMs >= DURATION_MS ? 'DONE at 100' : `RUNNING at ${percent}`
  }
}

function describe({ job_status, progress }: PollAnswer): string {
  return `${job_status} at ${progress}`
}
