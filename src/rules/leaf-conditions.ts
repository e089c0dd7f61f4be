import type { JobScalar } from '../jobs/job.ts'
import { isPatternList, isPatternMap, type Pattern } from '../patterns/pattern.ts'
import type { TextPattern } from '../patterns/text-pattern.ts'
import { PATTERN_KEYS, type Patterns } from './rule.ts'

/** A condition on one value of a request. */
export interface LeafCondition {
  /** The keys that lead to the value, from the key of the condition: `request`, `options`, `ttl`. */
  readonly path: readonly string[]
  readonly pattern: JobScalar | TextPattern
}

/** The conditions on single values of which the conditions of a rule consist. */
export function listLeaves(when: Patterns): LeafCondition[] {
  const leaves: LeafCondition[] = []
  const path: string[] = []
  const collect = (key: string, pattern: Pattern): void => {
    path.push(key)
    if (isPatternMap(pattern) || isPatternList(pattern)) {
      for (const [inside, item] of Object.entries<Pattern>(pattern)) collect(inside, item)
    } else {
      leaves.push({ path: path.slice(), pattern })
    }
    path.pop()
  }
  for (const key of PATTERN_KEYS) {
    const pattern = when[key]
    if (pattern !== undefined) collect(key, pattern)
  }
  return leaves
}
