import { isPatternMap, type Pattern } from '../patterns/pattern.ts'
import { PATTERN_KEYS, type Rule, type When } from './rule.ts'

/** A rule at its place in the order of precedence: that of the lowest rank is tried first. */
export interface PlacedRule {
  readonly rule: Rule
  readonly rank: number
}

/** A rule of an index. */
export interface IndexedRule extends PlacedRule {
  /** Whether one text is its only condition besides `endpoint` and `nth`: the index compares it. */
  readonly hasSoleText: boolean
  /** Whether it has `nth` or `times`, so that it may be met without being ready to answer. */
  readonly isLimited: boolean
}

/** A rule for an index. */
export function indexedRule(rule: Rule, rank: number): IndexedRule {
  return { rule, rank, hasSoleText: hasSoleText(rule.when), isLimited: isLimited(rule) }
}

/** Whether a rule has `nth` or `times`. */
export function isLimited({ when, times }: Rule): boolean {
  return when.nth !== undefined || times !== undefined
}

/** Whether conditions are one text, besides `endpoint` and `nth`. */
export function hasSoleText(when: When): boolean {
  const [key, ...others] = PATTERN_KEYS.filter((one) => when[one] !== undefined)
  if (when.as !== 'any' || key === undefined || others.length > 0) return false
  let pattern: Pattern | undefined = when[key]
  while (pattern !== undefined && isPatternMap(pattern)) {
    const inside: Pattern[] = Object.values(pattern)
    pattern = inside.length === 1 ? inside[0] : undefined
  }
  return typeof pattern === 'string'
}

/** Compares rules by their precedence. */
export function byRank(left: PlacedRule, right: PlacedRule): number {
  return left.rank - right.rank
}

/** Inserts a rule into a list in order of precedence. */
export function insertByRank<Placed extends PlacedRule>(list: Placed[], placed: Placed): void {
  list.splice(findIndex(list, placed), 0, placed)
}

/** Deletes a rule from a list in order of precedence; returns whether it was there. */
export function deleteByRank<Placed extends PlacedRule>(list: Placed[], placed: Placed): boolean {
  const index = findIndex(list, placed)
  if (list[index] !== placed) return false
  list.splice(index, 1)
  return true
}

/** The rules of several lists in order of precedence. The lists are read only as far as needed. */
export function mergeByRank<Placed extends PlacedRule>(
  lists: readonly Iterable<Placed>[],
): Iterable<Placed> {
  const [first = [], second] = lists
  if (second === undefined) return first
  const half = lists.length >> 1
  return mergeTwo(mergeByRank(lists.slice(0, half)), mergeByRank(lists.slice(half)))
}

function* mergeTwo<Placed extends PlacedRule>(
  left: Iterable<Placed>,
  right: Iterable<Placed>,
): Generator<Placed, void, undefined> {
  const others = right[Symbol.iterator]()
  let other = others.next()
  for (const placed of left) {
    for (; !other.done && other.value.rank < placed.rank; other = others.next()) yield other.value
    yield placed
  }
  for (; !other.done; other = others.next()) yield other.value
}

/** The index of the first rule that does not precede another one. */
function findIndex(list: readonly PlacedRule[], { rank }: PlacedRule): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (Number(list[middle]?.rank) < rank) low = middle + 1
    else high = middle
  }
  return low
}
