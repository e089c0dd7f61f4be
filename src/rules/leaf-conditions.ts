import type { JobScalar } from '../jobs/job.ts'
import { isPatternList, isPatternMap, type Pattern, type PatternMap } from '../patterns/pattern.ts'
import type { TextPattern } from '../patterns/text-pattern.ts'
import { PATTERN_KEYS, type Patterns } from './rule.ts'

/** A key of a map, or an index of a list. */
export type Step = string | number

/** A condition on one value of a request. */
export interface LeafCondition {
  /**
   * What leads to the value, from the key of the condition: `request`, `options`, `ttl`. Keys of maps
   * are strings, indexes of lists are numbers.
   */
  readonly path: readonly Step[]
  readonly pattern: JobScalar | TextPattern
}

/** The conditions on single values of which the conditions of a rule consist. */
export function listLeaves(when: Patterns): LeafCondition[] {
  const leaves: LeafCondition[] = []
  const path: Step[] = []
  const collect = (step: Step, pattern: Pattern): void => {
    path.push(step)
    if (isPatternMap(pattern) || isPatternList(pattern)) {
      for (const [inside, item] of itemsOf(pattern)) collect(inside, item)
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

function itemsOf(pattern: PatternMap | readonly Pattern[]): Iterable<readonly [Step, Pattern]> {
  return isPatternList(pattern) ? pattern.entries() : Object.entries(pattern)
}
