import { isJsonList, isJsonObject, type JsonValue } from '../documents/json-value.ts'
import { writeJson } from '../documents/write-json.ts'
import type { FixtureRule, FixtureThen } from '../fixture-format/fixture-format.ts'
import type { CallCondition } from './recorded-calls.ts'
import { isExpression } from './text-expressions.ts'

/** Consecutive equal answers as the answer of a rule. */
export interface WrittenRun {
  /** Undefined: the endpoint behaves as usual. */
  readonly text: FixtureThen | undefined
  readonly count: number
  readonly comment: string
}

/** The answers to one distinct request. */
export interface WrittenSequence {
  readonly condition: CallCondition
  readonly runs: readonly WrittenRun[]
}

/** Rules with their comments. */
export interface CommentedRule {
  readonly rule: FixtureRule
  readonly comment: string
}

/** The maximum number of conditions that are compared with each other. */
const MAX_COMPARED = 1000

/**
 * Writes the rules of one kind of call of one endpoint. A rule whose condition another one implies
 * comes after that.
 */
export function writeSequences(sequences: readonly WrittenSequence[]): CommentedRule[] {
  const ordered = [...sequences].sort(byPrecedence)
  const answering = ordered.filter(({ runs }) => runs.some(({ text }) => text !== undefined))
  return ordered.flatMap((sequence) => {
    const isApart = sequence.runs.length > 1 && meetsNoOther(sequence, ordered)
    return writeSequence(sequence, { isApart, isHidden: isHiddenBy(answering, sequence) })
  })
}

/** Whether other rules may answer requests for which a sequence has none; of many, that is not looked up. */
function isHiddenBy(answering: readonly WrittenSequence[], sequence: WrittenSequence): boolean {
  const { condition, runs } = sequence
  if (runs.every(({ text }) => text !== undefined)) return false
  if (answering.length > MAX_COMPARED) return true
  return answering.some((other) => {
    return other !== sequence && isCovered(condition.pattern.fields, other.condition.pattern.fields)
  })
}

/** Whether no other rule answers requests that meet a condition; of many rules, that is not looked up. */
function meetsNoOther(sequence: WrittenSequence, all: readonly WrittenSequence[]): boolean {
  if (all.length > MAX_COMPARED) return false
  return all.every((other) => other === sequence || !canMeet(other, sequence))
}

function byPrecedence(
  { condition: one }: WrittenSequence,
  { condition: other }: WrittenSequence,
): number {
  const weight = (condition: CallCondition) =>
    condition.pattern.weight + (condition.encoding === undefined ? 0 : 1)
  return weight(other) - weight(one) || one.pattern.expressions - other.pattern.expressions
}

/** What the other rules mean for those of a sequence. */
interface Surroundings {
  /** Whether no other rule answers its requests. */
  readonly isApart: boolean
  /** Whether another rule would answer where it has none. */
  readonly isHidden: boolean
}

/** A rule with `nth` counts requests that another rule answers; one with `times` does not. */
function writeSequence(
  { condition, runs }: WrittenSequence,
  { isApart, isHidden }: Surroundings,
): CommentedRule[] {
  const { as, endpoint, pattern, encoding } = condition
  const request = Object.keys(pattern.fields).length === 0 ? {} : { request: { ...pattern.fields } }
  const when = { endpoint, as, ...request, ...(encoding === undefined ? {} : { encoding }) }
  if (!isHidden && runs.every(({ text }) => text === undefined)) return []
  let position = 0
  return runs.flatMap(({ text, count, comment }, index): CommentedRule[] => {
    position += count
    const isLast = index === runs.length - 1
    if (isLast && !isHidden && text === undefined) return []
    const hasNth = !isLast && count === 1 && isApart
    const times = isLast || hasNth ? {} : { times: count }
    const nth = hasNth ? { nth: position } : {}
    // biome-ignore lint/suspicious/noThenProperty: a rule reads "when … then …", and is no promise
    return [{ rule: { when: { ...when, ...nth }, ...times, then: text ?? {} }, comment }]
  })
}

/** Whether a request may meet the conditions of both. */
function canMeet(
  { condition: one }: WrittenSequence,
  { condition: other }: WrittenSequence,
): boolean {
  return (
    isCovered(one.pattern.fields, other.pattern.fields) ||
    isCovered(other.pattern.fields, one.pattern.fields)
  )
}

/** Whether what meets `narrow` may meet `wide`, which is written the same. */
function isCovered(narrow: JsonValue | undefined, wide: JsonValue): boolean {
  if (narrow === undefined) return false
  if (isExpression(wide) || isExpression(narrow)) return true
  if (isJsonObject(wide)) {
    if (!isJsonObject(narrow)) return false
    return Object.entries(wide).every(([key, value]) => isCovered(narrow[key], value))
  }
  if (!isJsonList(wide)) return writeJson(narrow) === writeJson(wide)
  if (!isJsonList(narrow) || narrow.length !== wide.length) return false
  return wide.every((item, index) => isCovered(narrow[index], item))
}
