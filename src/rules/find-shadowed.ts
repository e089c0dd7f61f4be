import { matchesEndpoint } from './endpoint-pattern.ts'
import { isImplied } from './pattern.ts'
import type { Rule, When } from './rule.ts'

/** A rule that never answers, and the earlier rule that always answers instead. */
export interface Shadowed {
  readonly rule: Rule
  readonly by: Rule
}

/**
 * Maximum number of earlier rules of one endpoint, and of those with a `*`, that a rule is compared
 * with: comparing all pairs would be quadratic.
 */
const MAX_COMPARED = 200

/**
 * Finds rules that can never answer, because an earlier rule without `times` and `nth` matches all
 * of their requests. Incomplete: regular expressions are compared by their source only. Rules with
 * a `*` do not answer direct calls of `ownEndpoints`.
 */
export function findShadowed(
  rules: readonly Rule[],
  ownEndpoints: ReadonlySet<string>,
): Shadowed[] {
  const byEndpoint = new Map<string, Rule[]>()
  const wild: Rule[] = []
  return rules.flatMap((rule) => {
    const { endpoint } = rule.when
    const same = byEndpoint.get(endpoint) ?? []
    byEndpoint.set(endpoint, same)
    const isCovered = (earlier: Rule) => covers(earlier.when, { narrow: rule.when, ownEndpoints })
    const by = wild.find(isCovered) ?? same.find(isCovered)
    if (by) return [{ rule, by }]
    const peers = endpoint.includes('*') ? wild : same
    if (answersForEver(rule) && peers.length < MAX_COMPARED) peers.push(rule)
    return []
  })
}

function answersForEver({ times, when }: Rule): boolean {
  return times === undefined && when.nth === undefined
}

/** Whether every request that meets the conditions `narrow` also meets `wide`. */
function covers(
  wide: When,
  { narrow, ownEndpoints }: { narrow: When; ownEndpoints: ReadonlySet<string> },
): boolean {
  const keys = ['request', 'tag', 'user', 'encoding'] as const
  const spared = wide.endpoint.includes('*') && ownEndpoints.has(narrow.endpoint)
  return (
    (!spared || narrow.as === 'job') &&
    matchesEndpoint(wide.endpoint, narrow.endpoint) &&
    (wide.as === 'any' || wide.as === narrow.as) &&
    keys.every((key) => wide[key] === undefined || isImplied(wide[key], narrow[key]))
  )
}
