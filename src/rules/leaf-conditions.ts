import { isPatternList, isPatternMap, type Pattern } from './pattern.ts'
import type { When } from './rule.ts'
import { TextPattern } from './text-pattern.ts'

/** A condition on one value of a request, as texts that are equal for equal conditions. */
export interface LeafCondition {
  /** Where the value is: `request`, an option and so on. */
  readonly place: string
  /** The exact value, or the regular expression; long ones by their start and length. */
  readonly value: string
  readonly isRegex: boolean
}

/** Keys of `when` with patterns. */
const KEYS = ['request', 'tag', 'user', 'encoding', 'cluster'] as const

/** Maximum number of characters of a key or a value in a text. */
const MAX_LENGTH = 100

/** The conditions on single values of which the conditions of a rule consist. */
export function listLeaves(when: When): LeafCondition[] {
  const leaves: LeafCondition[] = []
  const collect = (pattern: Pattern, place: string): void => {
    if (isPatternMap(pattern) || isPatternList(pattern)) {
      for (const [key, item] of Object.entries<Pattern>(pattern)) {
        collect(item, `${place}.${cut(key)}`)
      }
    } else {
      leaves.push({ place, ...describe(pattern) })
    }
  }
  for (const key of KEYS) {
    const pattern = when[key]
    if (pattern !== undefined) collect(pattern, key)
  }
  return leaves
}

function describe(pattern: Pattern): Pick<LeafCondition, 'value' | 'isRegex'> {
  if (pattern instanceof TextPattern) return { value: cut(pattern.source), isRegex: true }
  if (Buffer.isBuffer(pattern)) {
    const start = pattern.toString('base64', 0, MAX_LENGTH)
    return { value: `bytes ${start} ${pattern.length}`, isRegex: false }
  }
  // A number and a bigint are equal by value.
  const kind = typeof pattern === 'bigint' ? 'number' : typeof pattern
  return { value: `${kind} ${cut(String(pattern))}`, isRegex: false }
}

function cut(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)} ${text.length}`
}
