import { firstOf } from '../documents/first-of.ts'
import { matchesEndpoint } from '../patterns/endpoint-pattern.ts'
import { isImplied } from '../patterns/pattern.ts'
import { ConditionTree } from './condition-tree.ts'
import { mergeByRank, type PlacedRule } from './placed-rule.ts'
import { PATTERN_KEYS, type Rule, type When } from './rule.ts'

/** A rule that never answers, and the earlier rule that always answers instead. */
export interface Shadowed {
  readonly rule: Rule
  readonly by: Rule
}

/** Maximum number of earlier rules with one condition that a rule is compared with. */
const MAX_COMPARED = 20

/** The same for all its conditions. */
const MAX_COMPARED_IN_ALL = 100

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
  for (const [rank, rule] of rules.entries()) {
    const narrow = rule.when
    const some = firstOf(earlier.find(narrow), MAX_COMPARED_IN_ALL)
    const by = some.find((other) => covers(other.rule.when, { narrow, ownEndpoints }))
    if (by) yield { rule, by: by.rule }
    else if (answersForEver(rule)) earlier.add({ rule, rank })
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
 * that one has a regular expression: it is found as by a request with its conditions as values.
 */
class EarlierRules {
  readonly #byScope = new Map<string, ConditionTree<PlacedRule>>()

  add(placed: PlacedRule): void {
    const scope = scopeOf(placed.rule.when)
    const known = this.#byScope.get(scope)
    const rules = known ?? new ConditionTree()
    rules.add(placed)
    if (known === undefined) this.#byScope.set(scope, rules)
  }

  /** Some rules that may cover a later one, in their order. */
  find(when: When): Iterable<PlacedRule> {
    const scopes = new Set([WILD, scopeOf(when)])
    const lists = [...scopes].flatMap((scope) => this.#byScope.get(scope)?.find(when) ?? [])
    return mergeByRank(lists.map((rules) => firstOf(rules, MAX_COMPARED)))
  }
}

/** The scope of all rules with a `*`. */
const WILD = '*'

function scopeOf({ endpoint }: When): string {
  return endpoint.includes('*') ? WILD : endpoint
}

/** Whether every request that meets the conditions `narrow` also meets `wide`. */
export function covers(
  wide: When,
  { narrow, ownEndpoints }: { narrow: When; ownEndpoints: ReadonlySet<string> },
): boolean {
  const spared = wide.endpoint.includes('*') && ownEndpoints.has(narrow.endpoint)
  return (
    (!spared || narrow.as === 'job') &&
    matchesEndpoint(wide.endpoint, narrow.endpoint) &&
    (wide.as === 'any' || wide.as === narrow.as) &&
    PATTERN_KEYS.every((key) => wide[key] === undefined || isImplied(wide[key], narrow[key]))
  )
}
