import type { KeptAnswer } from '../exchanges/kept-answer.ts'
import type { ByteBudget } from '../jobs/byte-budget.ts'
import type { Encoding } from '../jobs/encoding.ts'
import type { CallKind } from '../rules/rule.ts'
import type { RequestPattern } from './request-pattern.ts'

/** What one distinct request is kept in memory besides its condition, as an estimate. */
const SEQUENCE_BYTES = 1000
const RUN_BYTES = 100
const BYTES_PER_CHARACTER = 4

/** The condition of rules. */
export interface CallCondition {
  readonly as: CallKind
  readonly endpoint: string
  readonly pattern: RequestPattern
  /** Undefined: any. */
  readonly encoding?: Encoding | undefined
}

/** Consecutive equal answers. */
export interface AnswerRun<Answer> {
  readonly answer: Answer
  readonly count: number
}

/** The answers to one distinct request, in their order. */
export interface CallSequence<Answer> {
  readonly condition: CallCondition
  readonly runs: AnswerRun<Answer>[]
}

/** The direct calls of a recording by their requests; equal exchanges are kept once. */
export class RecordedCalls {
  readonly #budget: ByteBudget
  readonly #sequences = new Map<string, CallSequence<KeptAnswer>>()

  constructor(budget: ByteBudget) {
    this.#budget = budget
  }

  /** Adds a call; false if there is no room for it. */
  add(given: CallCondition, answer: KeptAnswer): boolean {
    const condition = { ...given, encoding: answer.encoding }
    const key = keyOf(condition)
    const known = this.#sequences.get(key)
    const last = known?.runs.at(-1)
    if (known !== undefined && last?.answer.key === answer.key) {
      known.runs[known.runs.length - 1] = { answer: last.answer, count: last.count + 1 }
      return true
    }
    const same = known?.runs.find((run) => run.answer.key === answer.key)?.answer
    const bytes = (known ? 0 : conditionBytes(condition)) + RUN_BYTES + (same ? 0 : answer.bytes)
    if (!this.#budget.fits(bytes)) return false
    this.#budget.take(bytes)
    const sequence = known ?? { condition, runs: [] }
    sequence.runs.push({ answer: same ?? answer, count: 1 })
    this.#sequences.set(key, sequence)
    return true
  }

  /** All of them, in the order in which they were first seen. */
  list(): CallSequence<KeptAnswer>[] {
    return [...this.#sequences.values()]
  }
}

/** Equal for equal conditions. */
export function keyOf({ as, endpoint, encoding, pattern }: CallCondition): string {
  return JSON.stringify([as, endpoint, encoding ?? '', pattern.key])
}

/** What a condition takes in memory, as an estimate. */
export function conditionBytes({ pattern }: Pick<CallCondition, 'pattern'>): number {
  return SEQUENCE_BYTES + pattern.key.length * BYTES_PER_CHARACTER
}
