import type { KeptAnswer } from '../exchanges/kept-answer.ts'
import type { ByteBudget } from '../jobs/byte-budget.ts'
import type { Encoding } from '../jobs/encoding.ts'
import type { CallKind } from '../rules/rule.ts'
import type { RequestPattern } from './request-pattern.ts'

/** What one distinct request is kept in memory besides its condition, as an estimate. */
const SEQUENCE_BYTES = 1000
const RUN_BYTES = 200
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

interface KeptSequence extends CallSequence<KeptAnswer> {
  /** All different answers by their keys. */
  readonly answers: Map<string, KeptAnswer>
  /** Whether one was not kept: those after it would be answered too early. */
  isCut: boolean
}

/** The direct calls of a recording by their requests; equal exchanges are kept once. */
export class RecordedCalls {
  readonly #budget: ByteBudget
  readonly #sequences = new Map<string, KeptSequence>()

  constructor(budget: ByteBudget) {
    this.#budget = budget
  }

  /** Adds a call; false if it, or an earlier one of its kind, does not fit. */
  add(given: CallCondition, answer: KeptAnswer): boolean {
    const condition = { ...given, encoding: answer.encoding }
    const key = keyOf(condition)
    const known = this.#sequences.get(key)
    if (known !== undefined) return !known.isCut && this.#addTo(known, answer)
    if (!this.#take(conditionBytes(condition) + RUN_BYTES + answer.bytes)) return false
    const answers = new Map([[answer.key, answer]])
    this.#sequences.set(key, { condition, runs: [{ answer, count: 1 }], answers, isCut: false })
    return true
  }

  #addTo(sequence: KeptSequence, answer: KeptAnswer): boolean {
    const { runs, answers } = sequence
    const last = runs.at(-1)
    if (last?.answer.key === answer.key) {
      runs[runs.length - 1] = { answer: last.answer, count: last.count + 1 }
      return true
    }
    const same = answers.get(answer.key)
    sequence.isCut = !this.#take(RUN_BYTES + (same ? 0 : answer.bytes))
    if (sequence.isCut) return false
    runs.push({ answer: same ?? answer, count: 1 })
    answers.set(answer.key, same ?? answer)
    return true
  }

  #take(bytes: number): boolean {
    if (!this.#budget.fits(bytes)) return false
    this.#budget.take(bytes)
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
