import { findSimilar } from '../documents/did-you-mean.ts'
import {
  isJobList,
  isJobRecord,
  type JobRecord,
  type JobScalar,
  type JobValue,
} from '../jobs/job.ts'
import { REDACTED, type Redaction } from './redaction.ts'
import { TextPattern } from './text-pattern.ts'
import type { TextSearch } from './text-search.ts'

/**
 * A pattern for a value. Maps and records match by a subset of their keys, lists item by item at
 * equal length, strings exactly or by a TextPattern, numbers by value: 1 matches 1n.
 */
export type Pattern = JobScalar | TextPattern | readonly Pattern[] | PatternMap

/** The keys that a map or record must have, with the patterns of their values. */
export interface PatternMap {
  readonly [key: string]: Pattern
}

/** A place where a value does not match its pattern. */
export interface Mismatch {
  /** Keys and indexes, joined by dots: `request.options.ttl`. */
  readonly path: string
  /** Describes both sides without secrets; only when asked, since most mismatches are not shown. */
  readonly explain: (redaction: Redaction) => Explanation
}

/** What was expected at a place, and what was found there. */
export interface Explanation {
  readonly expected: string
  readonly got: string
}

/** Formats a mismatch: `request.options.ttl: expected "5", got nothing`. */
export function describeMismatch({ path, explain }: Mismatch, redaction: Redaction): string {
  const { expected, got } = explain(redaction)
  return `${path}: expected ${expected}, got ${got}`
}

/** The mismatch of a condition without a pattern, whose sides hold no secrets. */
export function conditionMiss(path: string, explanation: Explanation): Mismatch {
  return { path, explain: () => explanation }
}

/** Every place where a value differs from a pattern, in order of the pattern. */
export function* findMismatches(
  pattern: Pattern,
  value: JobValue | undefined,
  { path, search }: { readonly path: string; readonly search: TextSearch },
): Generator<Mismatch> {
  const place = { value, path, search }
  if (isPatternMap(pattern)) yield* inMap(pattern, place)
  else if (isPatternList(pattern)) yield* inList(pattern, place)
  else if (!matchesLeaf(pattern, value, search)) yield mismatch(pattern, place)
}

/** Whether a value matches a pattern: whether there is no mismatch, without describing any. */
export function matchesPattern(
  pattern: Pattern,
  value: JobValue | undefined,
  search: TextSearch,
): boolean {
  if (isPatternMap(pattern)) return isJobRecord(value) && matchesMap(pattern, value, search)
  if (!isPatternList(pattern)) return matchesLeaf(pattern, value, search)
  if (!isJobList(value) || value.length !== pattern.length) return false
  return pattern.every((item, index) => matchesPattern(item, value[index], search))
}

function matchesMap(pattern: PatternMap, value: JobRecord, search: TextSearch): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    return matchesPattern(wanted, Object.hasOwn(value, key) ? value[key] : undefined, search)
  })
}

/** Whether `pattern` accepts every value that `by` accepts; false if that cannot be decided. */
export function isImplied(pattern: Pattern, by: Pattern | undefined): boolean {
  if (by === undefined) return false
  if (isPatternMap(pattern)) {
    const keys = Object.keys(pattern)
    if (!isPatternMap(by)) return false
    return keys.every((key) => {
      const given = Object.hasOwn(by, key) ? by[key] : undefined
      return isImplied(pattern[key] ?? null, given)
    })
  }
  if (isPatternList(pattern)) {
    const same = isPatternList(by) && by.length === pattern.length
    return same && pattern.every((item, index) => isImplied(item, by[index]))
  }
  if (pattern instanceof TextPattern) return isTextImplied(pattern, by)
  return isLeafValue(by) && equalsLeaf(pattern, by)
}

/** Of expressions, only equal ones are known to accept the same texts. */
function isTextImplied(pattern: TextPattern, by: Pattern): boolean {
  if (by instanceof TextPattern) return pattern.source === by.source
  return typeof by === 'string' && pattern.test(by)
}

interface Place {
  readonly value: JobValue | undefined
  readonly path: string
  readonly search: TextSearch
}

function* inMap(pattern: PatternMap, place: Place): Generator<Mismatch> {
  const { value, path, search } = place
  if (!isJobRecord(value)) {
    yield mismatch(pattern, place)
    return
  }
  for (const [key, wanted] of Object.entries(pattern)) {
    const inside = `${path}.${key}`
    if (Object.hasOwn(value, key)) {
      yield* findMismatches(wanted, value[key], { path: inside, search })
    } else {
      yield missing(wanted, { path: inside, key, pattern, record: value })
    }
  }
}

function* inList(pattern: readonly Pattern[], place: Place): Generator<Mismatch> {
  const { value, path, search } = place
  const items = isJobList(value) ? value : undefined
  if (items?.length !== pattern.length) {
    yield mismatch(pattern, place)
    return
  }
  for (const [index, wanted] of pattern.entries()) {
    yield* findMismatches(wanted, items[index], { path: `${path}.${index}`, search })
  }
}

function mismatch(pattern: Pattern, { value, path }: Pick<Place, 'value' | 'path'>): Mismatch {
  return {
    path,
    explain: (redaction) => ({
      expected: describePattern(pattern, redaction),
      got: describeValue(value, redaction),
    }),
  }
}

interface Lack {
  readonly path: string
  readonly key: string
  readonly pattern: PatternMap
  readonly record: JobRecord
}

/** The mismatch of a key that a record lacks; another key of it may be meant. */
function missing(wanted: Pattern, { path, key, pattern, record }: Lack): Mismatch {
  return {
    path,
    explain: (redaction) => {
      const similar = findSimilar(key, otherKeys(record, pattern))
      return {
        expected: describePattern(wanted, redaction),
        got: similar === undefined ? 'nothing' : `nothing, but it has ${similar}`,
      }
    },
  }
}

/** The keys of a record that a pattern does not name; not all of many, and none that is long. */
function otherKeys(record: JobRecord, pattern: PatternMap): string[] {
  return Object.keys(record)
    .slice(0, MAX_KEYS)
    .filter((key) => key.length <= MAX_SHOWN && !Object.hasOwn(pattern, key))
}

function matchesLeaf(
  pattern: JobScalar | TextPattern,
  value: JobValue | undefined,
  search: TextSearch,
): boolean {
  if (!(pattern instanceof TextPattern)) return equalsLeaf(pattern, value)
  return typeof value === 'string' && search.test(pattern, value)
}

function equalsLeaf(pattern: JobScalar, value: JobValue | undefined): boolean {
  if (Buffer.isBuffer(pattern)) return Buffer.isBuffer(value) && pattern.equals(value)
  const numbers = isNumeric(pattern) && isNumeric(value)
  // A long is a bigint; the number in the pattern may be a number or a bigint.
  // biome-ignore lint/suspicious/noDoubleEquals: == compares a number and a bigint by value
  return numbers ? pattern == value : pattern === value
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** Whether a pattern is one for a map or record. */
export function isPatternMap(pattern: Pattern): pattern is PatternMap {
  const isObject = typeof pattern === 'object' && pattern !== null && !Array.isArray(pattern)
  return isObject && !(pattern instanceof TextPattern) && !Buffer.isBuffer(pattern)
}

/** Whether a pattern is one for a list. */
export function isPatternList(pattern: Pattern): pattern is readonly Pattern[] {
  return Array.isArray(pattern)
}

function isLeafValue(pattern: Pattern): pattern is JobScalar {
  return !isPatternMap(pattern) && !isPatternList(pattern) && !(pattern instanceof TextPattern)
}

function describePattern(pattern: Pattern, redaction: Redaction): string {
  if (isPatternMap(pattern)) return 'an object'
  if (isPatternList(pattern)) return `a list of ${pattern.length}`
  if (!(pattern instanceof TextPattern)) return describeScalar(pattern, redaction)
  return `a string that matches ${redaction.text(pattern.source)}`
}

function describeValue(value: JobValue | undefined, redaction: Redaction): string {
  if (value === undefined) return 'nothing'
  if (isJobList(value)) return `a list of ${value.length}`
  return isJobRecord(value) ? 'an object' : describeScalar(value, redaction)
}

function describeScalar(value: JobScalar, redaction: Redaction): string {
  if (Buffer.isBuffer(value)) return describeBytes(redaction.value(value))
  if (typeof value !== 'string') return String(value)
  // A secret that extends beyond this is redacted up to its end.
  const text = redaction.text(value.slice(0, MAX_SEARCHED))
  if (text === REDACTED) return text
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)
}

function describeBytes(bytes: Buffer): string {
  return `the bytes ${bytes.subarray(0, MAX_SHOWN).toString('base64')}`
}

/** Characters of a string, or number of bytes, that an explanation shows. */
const MAX_SHOWN = 80

/** Characters of a string that are searched for secrets before it is cut. */
const MAX_SEARCHED = 16 * 1024

/** The number of keys among which a similar one is searched. */
const MAX_KEYS = 1000
