import { matchesEndpoint } from './endpoint-pattern.ts'
import { type LeafCondition, listLeaves } from './leaf-conditions.ts'
import { isImplied } from './pattern.ts'
import type { Rule, When } from './rule.ts'

/** A rule that never answers, and the earlier rule that always answers instead. */
export interface Shadowed {
  readonly rule: Rule
  readonly by: Rule
}

/** Maximum number of earlier rules with one condition that a rule is compared with. */
const MAX_COMPARED = 20

/** The same for all its conditions. */
const MAX_COMPARED_IN_ALL = 100

/** Maximum number of conditions of an earlier rule among which one is chosen to find it by. */
const MAX_CHOICES = 10

/**
 * Finds rules that can never answer, because an earlier rule without `times` and `nth` matches all
 * of their requests. Incomplete: regular expressions are compared by their source only, and a rule
 * is compared with at most 20 earlier rules by one condition, 100 in all. Rules with a `*` do not
 * answer direct calls of `ownEndpoints`.
 */
export function* findShadowed(
  rules: readonly Rule[],
  ownEndpoints: ReadonlySet<string>,
): Generator<Shadowed, void, undefined> {
  const earlier = new EarlierRules()
  for (const rule of rules) {
    const leaves = listLeaves(rule.when)
    const isBy = (other: Rule) => covers(other.when, { narrow: rule.when, ownEndpoints })
    const by = earlier.find(rule.when.endpoint, { leaves, isBy })
    if (by) yield { rule, by }
    else if (answersForEver(rule)) earlier.add(rule, leaves)
  }
}

/** The first of them, at most `max`; later rules are not looked at. */
export function findFirstShadowed(
  rules: readonly Rule[],
  { ownEndpoints, max }: { readonly ownEndpoints: ReadonlySet<string>; readonly max: number },
): Shadowed[] {
  const found: Shadowed[] = []
  for (const shadowed of findShadowed(rules, ownEndpoints)) {
    found.push(shadowed)
    if (found.length >= max) break
  }
  return found
}

function answersForEver({ times, when }: Rule): boolean {
  return times === undefined && when.nth === undefined
}

/**
 * Rules that may cover later ones. A rule has all conditions of one that covers it, or a text where
 * that one has a regular expression. So an earlier rule is found by any one of its conditions: by
 * that by which the fewest others are found.
 */
class EarlierRules {
  readonly #found = new Map<string, Rule[]>()

  add(rule: Rule, leaves: readonly LeafCondition[]): void {
    const scope = scopeOf(rule.when.endpoint)
    const exact = leaves.filter(({ isRegex }) => !isRegex)
    const choices = (exact.length > 0 ? exact : leaves).slice(0, MAX_CHOICES)
    const counts = choices.map((leaf) => this.#found.get(keyOf(scope, leaf))?.length ?? 0)
    const leaf = choices[counts.indexOf(Math.min(...counts))]
    if (leaf === undefined) {
      this.#addBy(scope, rule)
    } else {
      this.#addBy(keyOf(scope, leaf), rule)
      if (leaf.isRegex) this.#addBy(regexKeyOf(scope, leaf), rule)
    }
  }

  /** The first rule for which `isBy` is true, of some with a condition of `leaves` or none. */
  find(
    endpoint: string,
    { leaves, isBy }: { leaves: readonly LeafCondition[]; isBy: (rule: Rule) => boolean },
  ): Rule | undefined {
    let left = MAX_COMPARED_IN_ALL
    for (const key of keysOf(endpoint, leaves)) {
      const rules = this.#found.get(key) ?? []
      const by = rules.slice(0, left).find(isBy)
      left -= rules.length
      if (by || left <= 0) return by
    }
    return undefined
  }

  #addBy(key: string, rule: Rule): void {
    const rules = this.#found.get(key)
    if (rules === undefined) this.#found.set(key, [rule])
    else if (rules.length < MAX_COMPARED) rules.push(rule)
  }
}

/** The scope of all rules with a `*`. */
const WILD = '*'

function scopeOf(endpoint: string): string {
  return endpoint.includes('*') ? WILD : endpoint
}

/** Finds rules by an exact value or a regular expression. */
function keyOf(scope: string, { place, value, isRegex }: LeafCondition): string {
  return `${scope} ${place} ${isRegex ? 'matches' : 'is'} ${value}`
}

/** Finds rules by the place of a regular expression, which may match an exact value. */
function regexKeyOf(scope: string, { place }: LeafCondition): string {
  return `${scope} ${place} has a regular expression`
}

/** The keys of all rules that may cover a rule; those that have most in common with it first. */
function* keysOf(endpoint: string, leaves: readonly LeafCondition[]): Generator<string> {
  const scopes = new Set([WILD, scopeOf(endpoint)])
  yield* scopes
  for (const keyBy of [keyOf, regexKeyOf]) {
    for (const scope of scopes) {
      for (const leaf of leaves) yield keyBy(scope, leaf)
    }
  }
}

/** Whether every request that meets the conditions `narrow` also meets `wide`. */
function covers(
  wide: When,
  { narrow, ownEndpoints }: { narrow: When; ownEndpoints: ReadonlySet<string> },
): boolean {
  const keys = ['request', 'tag', 'user', 'encoding', 'cluster'] as const
  const spared = wide.endpoint.includes('*') && ownEndpoints.has(narrow.endpoint)
  return (
    (!spared || narrow.as === 'job') &&
    matchesEndpoint(wide.endpoint, narrow.endpoint) &&
    (wide.as === 'any' || wide.as === narrow.as) &&
    keys.every((key) => wide[key] === undefined || isImplied(wide[key], narrow[key]))
  )
}
