import type { JobScalar } from '../jobs/job.ts'
import { isPatternList, isPatternMap, type Pattern, type PatternMap } from '../patterns/pattern.ts'
import { TextPattern } from '../patterns/text-pattern.ts'
import { type LeafCondition, listLeaves, type Step } from './leaf-conditions.ts'
import { deleteByRank, insertByRank, type PlacedRule } from './placed-rule.ts'
import { PATTERN_KEYS, type Patterns } from './rule.ts'

/** Maximum number of conditions of a rule among which one is chosen to find it by. */
const MAX_CHOICES = 10

/** Maximum number of keys in the tree that are looked up in a record instead of the reverse. */
const MAX_LOOKUPS = 10

/** Maximum number of bytes of a value by which rules are found. */
const MAX_BYTES = 100

/**
 * Rules by one condition each: that by which the fewest others are found. An exact value is chosen
 * before a regular expression, because rules with one are found by any text in its place. So a
 * request is compared with few rules, however many there are.
 */
export class ConditionTree<Placed extends PlacedRule> {
  readonly #root = new Place<Placed>()
  /** The rules without a condition on a value. */
  readonly #open: Placed[] = []

  add(placed: Placed): void {
    const condition = this.#choose(choicesOf(placed))
    if (condition === undefined) insertByRank(this.#open, placed)
    else this.#make(condition.path).add(placed, condition.pattern)
  }

  delete(placed: Placed): void {
    if (deleteByRank(this.#open, placed)) return
    const isHere = ({ path, pattern }: LeafCondition) =>
      this.#find(path)?.delete(placed, pattern) === true
    const condition = choicesOf(placed).find(isHere)
    if (condition) this.#prune(condition.path)
  }

  /**
   * The rules that values may meet, each in one of the lists, which are in order of precedence. With
   * the conditions of a rule as values: the rules that may match all of its requests.
   */
  find(values: Patterns): (readonly Placed[])[] {
    const lists: (readonly Placed[])[] = this.#open.length > 0 ? [this.#open] : []
    for (const key of PATTERN_KEYS) {
      const value = values[key]
      if (value !== undefined) this.#root.inside?.get(key)?.collect(value, lists)
    }
    return lists
  }

  /** The condition by which the fewest rules are found, the first of several. */
  #choose(conditions: readonly LeafCondition[]): LeafCondition | undefined {
    if (conditions.length < 2) return conditions[0]
    const counts = conditions.map(({ path, pattern }) => this.#find(path)?.count(pattern) ?? 0)
    return conditions[counts.indexOf(Math.min(...counts))]
  }

  #find(path: readonly Step[]): Place<Placed> | undefined {
    let place: Place<Placed> | undefined = this.#root
    for (const key of path) place = place?.inside?.get(key)
    return place
  }

  #make(path: readonly Step[]): Place<Placed> {
    let place = this.#root
    for (const key of path) {
      place.inside ??= new Map()
      const inside = place.inside.get(key) ?? new Place<Placed>()
      place.inside.set(key, inside)
      place = inside
    }
    return place
  }

  /** Removes the places of a path that became empty. */
  #prune(path: readonly Step[]): void {
    const key = path.at(-1)
    if (key === undefined || this.#find(path)?.isEmpty !== true) return
    const outer = path.slice(0, -1)
    this.#find(outer)?.inside?.delete(key)
    this.#prune(outer)
  }
}

/** The conditions by which a rule may be found. */
function choicesOf({ rule }: PlacedRule): readonly LeafCondition[] {
  const leaves = listLeaves(rule.when)
  const exact = leaves.filter(({ pattern }) => !(pattern instanceof TextPattern))
  return (exact.length > 0 ? exact : leaves).slice(0, MAX_CHOICES)
}

/** What the key of anything but a plain text starts with. */
const MARK = '\0'

/**
 * Equal for equal values, and for equal expressions. The key of a text is that of no other text,
 * expression or bytes.
 */
type Key = string | number | boolean | null

function keyOf(value: JobScalar | TextPattern): Key {
  if (typeof value === 'string') return value.startsWith(MARK) ? `${MARK}text ${value}` : value
  if (value instanceof TextPattern) return `${MARK}regex ${value.source}`
  // A number and a bigint are equal by value.
  if (typeof value === 'bigint') return Number(value)
  return Buffer.isBuffer(value) ? `${MARK}bytes ${value.toString('latin1', 0, MAX_BYTES)}` : value
}

/** The rules with one key in order of precedence; one alone without a list, as most are. */
type Same<Placed> = Placed | Placed[]

function withRule<Placed extends PlacedRule>(
  same: Same<Placed> | undefined,
  placed: Placed,
): Same<Placed> {
  if (same === undefined) return placed
  const list = listOf(same)
  insertByRank(list, placed)
  return list
}

function listOf<Placed extends PlacedRule>(same: Same<Placed>): Placed[] {
  return Array.isArray(same) ? same : [same]
}

/** A place in requests, with the rules that are found by their condition on its value. */
class Place<Placed extends PlacedRule> {
  /** The places in this one. */
  inside: Map<Step, Place<Placed>> | undefined
  readonly #rules = new Map<Key, Same<Placed>>()
  /** Those of the rules whose condition is a regular expression. */
  #withRegex: Placed[] | undefined

  get isEmpty(): boolean {
    return this.#rules.size === 0 && (this.inside === undefined || this.inside.size === 0)
  }

  count(pattern: JobScalar | TextPattern): number {
    const same = this.#rules.get(keyOf(pattern))
    return same === undefined ? 0 : listOf(same).length
  }

  add(placed: Placed, pattern: JobScalar | TextPattern): void {
    const key = keyOf(pattern)
    this.#rules.set(key, withRule(this.#rules.get(key), placed))
    if (!(pattern instanceof TextPattern)) return
    this.#withRegex ??= []
    insertByRank(this.#withRegex, placed)
  }

  /** Deletes a rule; returns whether it was here. */
  delete(placed: Placed, pattern: JobScalar | TextPattern): boolean {
    const key = keyOf(pattern)
    const same = this.#rules.get(key)
    if (same === undefined) return false
    const list = listOf(same)
    if (!deleteByRank(list, placed)) return false
    if (list.length === 0) this.#rules.delete(key)
    if (this.#withRegex) deleteByRank(this.#withRegex, placed)
    return true
  }

  /** Adds to `lists` the rules that are found by a value in this place, and by the values in it. */
  collect(value: Pattern, lists: (readonly Placed[])[]): void {
    if (isPatternMap(value) || isPatternList(value)) {
      this.#collectInside(value, lists)
      return
    }
    const same = this.#rules.get(keyOf(value))
    if (same) lists.push(listOf(same))
    if (typeof value === 'string' && this.#withRegex) lists.push(this.#withRegex)
  }

  #collectInside(value: PatternMap | readonly Pattern[], lists: (readonly Placed[])[]): void {
    const { inside } = this
    if (inside === undefined) return
    // Either the keys of the value are looked up here, or those here in the value, if they are few.
    const isWide = inside.size > MAX_LOOKUPS && isPatternMap(value)
    for (const key of isWide ? Object.keys(value) : inside.keys()) {
      const item = itemOf(value, key)
      if (item !== undefined) inside.get(key)?.collect(item, lists)
    }
  }
}

function itemOf(value: PatternMap | readonly Pattern[], step: Step): Pattern | undefined {
  if (isPatternList(value)) return typeof step === 'number' ? value[step] : undefined
  return typeof step === 'string' && Object.hasOwn(value, step) ? value[step] : undefined
}
