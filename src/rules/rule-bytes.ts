import { rowSetBytes } from '../jobs/content-bytes.ts'
import { TextPattern } from '../patterns/text-pattern.ts'
import type { Fault } from './fault.ts'
import { listLeaves } from './leaf-conditions.ts'
import type { Rule } from './rule.ts'

/** The bytes of a rule without conditions and answer, with its place in a set. */
const RULE = 1400

/** The bytes of a key or an item, in the text and in what was read from it. */
const ENTRY = 112

/** The bytes of a character of a key or a string. */
const CHARACTER = 2

/** The bytes of a compiled regular expression with the states of some texts. */
const REGEX = 20 * 1024

/**
 * Estimates how many bytes of memory a rule holds, for a budget: in proportion to its text, and
 * more for regular expressions. Not less than measured, except for expressions that are made to
 * need many states: these hold up to 64 KiB more each.
 */
export function bytesOfRule(rule: Rule): number {
  const { rowsFile } = rule.then
  return bytesOfFault(rule) + (rowsFile === undefined ? 0 : rowSetBytes(rowsFile.set))
}

/** As bytesOfRule, for a fault. */
export function bytesOfFault({ name, when, text }: Pick<Fault, 'name' | 'when' | 'text'>): number {
  const regexes = listLeaves(when).filter(({ pattern }) => pattern instanceof TextPattern)
  return RULE + name.length * CHARACTER + bytesOfText(text) + regexes.length * REGEX
}

/** The bytes of lists that were counted: they never change. */
const LIST_BYTES = new WeakMap<readonly Rule[], number>()

/** The bytes of all rules of a list. Linear in their texts, once. */
export function bytesOfRules(rules: readonly Rule[]): number {
  const known = LIST_BYTES.get(rules)
  if (known !== undefined) return known
  const bytes = rules.reduce((sum, rule) => sum + bytesOfRule(rule), 0)
  LIST_BYTES.set(rules, bytes)
  return bytes
}

function bytesOfText(value: unknown): number {
  if (typeof value === 'string') return value.length * CHARACTER
  if (typeof value !== 'object' || value === null) return 0
  let bytes = 0
  for (const [key, item] of Object.entries(value)) {
    bytes += ENTRY + key.length * CHARACTER + bytesOfText(item)
  }
  return bytes
}
