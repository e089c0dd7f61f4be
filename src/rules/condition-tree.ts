import type { JobScalar } from '../jobs/job.ts'
import { isPatternList, isPatternMap, type Pattern, type PatternMap } from '../patterns/pattern.ts'
import { TextPattern } from '../patterns/text-pattern.ts'
import { type LeafCondition, listLeaves } from './leaf-conditions.ts'
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

  #find(path: readonly string[]): Place<Placed> | undefined {
    let place: Place<Placed> | undefined = this.#root
    for (const key of path) place = place?.inside?.get(key)
    return place
  }

  #make(path: readonly string[]): Place<Placed> {
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
  #prune(path: readonly string[]): void {
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

/** What the key of an expression starts with, and that of a text which looks like one. */
const REGEX = 'regex '
const TEXT = 'text '

/** Equal for equal values, and for equal expressions; never for a text and an expression. */
type Key = string | number | boolean | null

function keyOf(value: JobScalar | TextPattern): Key {
  if (value instanceof TextPattern) return `${REGEX}${value.source}`
  // A number and a bigint are equal by value.
  if (typeof value === 'bigint') return Number(value)
  if (Buffer.isBuffer(value)) return value.toString('latin1', 0, MAX_BYTES)
  return typeof value === 'string' && value.startsWith(REGEX) ? `${TEXT}${value}` : value
}

/** A place in requests, with the rules that are found by their condition on its value. */
class Place<Placed extends PlacedRule> {
  /** The places in this one, by their keys. */
  inside: Map<string, Place<Placed>> | undefined
  readonly #rules = new Map<Key, Placed[]>()
  /** Those of the rules whose condition is a regular expression. */
  #withRegex: Placed[] | undefined

  get isEmpty(): boolean {
    return this.#rules.size === 0 && (this.inside === undefined || this.inside.size === 0)
  }

  count(pattern: JobScalar | TextPattern): number {
    return this.#rules.get(keyOf(pattern))?.length ?? 0
  }

  add(placed: Placed, pattern: JobScalar | TextPattern): void {
    const key = keyOf(pattern)
    const same = this.#rules.get(key)
    if (same) insertByRank(same, placed)
    else this.#rules.set(key, [placed])
    if (!(pattern instanceof TextPattern)) return
    this.#withRegex ??= []
    insertByRank(this.#withRegex, placed)
  }

  /** Deletes a rule; returns whether it was here. */
  delete(placed: Placed, pattern: JobScalar | TextPattern): boolean {
    const key = keyOf(pattern)
    const same = this.#rules.get(key)
    if (same === undefined || !deleteByRank(same, placed)) return false
    if (same.length === 0) this.#rules.delete(key)
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
    if (same) lists.push(same)
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

function itemOf(value: PatternMap | readonly Pattern[], key: string): Pattern | undefined {
  if (isPatternList(value)) return value[Number(key)]
  return Object.hasOwn(value, key) ? value[key] : undefined
}
