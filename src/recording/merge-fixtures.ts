import type { Catalogue } from '../avro/catalogue.ts'
import type { FixtureDocument, FixtureJob, FixtureRule } from '../fixture-format/fixture-format.ts'
import { readWhen } from '../fixtures/read-rule.ts'
import { OWN_ENDPOINTS } from '../gpudb/own-endpoints.ts'
import { covers } from '../rules/find-shadowed.ts'
import type { When } from '../rules/rule.ts'
import { canonicalJson } from './canonical-json.ts'

/** What happens to what both a file and a recording have. */
export type MergePolicy = 'replace' | 'keep'

/** How fixtures are merged. */
export interface MergeOptions {
  readonly policy: MergePolicy
  readonly catalogue: Catalogue
}

/**
 * Merges a recorded fixture into that of a file; both must be valid. Jobs with one id or tag, and rules
 * with one condition apart from `nth`, are those of the recording (`replace`) or of the file (`keep`);
 * all else of the file stays, also the names of rules. A new rule comes before a rule of the file that would hide it.
 */
export function mergeFixtures(
  existing: FixtureDocument,
  recorded: FixtureDocument,
  options: MergeOptions,
): FixtureDocument {
  const { policy } = options
  const jobs = mergeJobs(existing.jobs ?? [], recorded.jobs ?? [], policy)
  const rules = mergeRules(existing.rules ?? [], recorded.rules ?? [], options)
  return {
    ...existing,
    ...(jobs.length === 0 ? {} : { jobs }),
    ...(rules.length === 0 ? {} : { rules }),
  }
}

function mergeJobs(
  existing: readonly FixtureJob[],
  recorded: readonly FixtureJob[],
  policy: MergePolicy,
): FixtureJob[] {
  const [strong, weak] = policy === 'replace' ? [recorded, existing] : [existing, recorded]
  const taken = new Set(strong.flatMap(namesOf))
  const others = weak.filter((job) => !namesOf(job).some((name) => taken.has(name)))
  return policy === 'replace' ? [...others, ...strong] : [...strong, ...others]
}

function namesOf({ job_id: id, tag }: FixtureJob): string[] {
  return [...(id === undefined ? [] : [`id ${id}`]), ...(tag === undefined ? [] : [`tag ${tag}`])]
}

/** A rule with its condition; undefined if that cannot be read. */
interface MergedRule {
  readonly rule: FixtureRule
  readonly key: string
  readonly when: When | undefined
}

function mergeRules(
  existing: readonly FixtureRule[],
  recorded: readonly FixtureRule[],
  { policy, catalogue }: MergeOptions,
): FixtureRule[] {
  const toMerged = (rule: FixtureRule) => readMerged(rule, catalogue)
  const known = existing.map(toMerged)
  const keys = new Set(known.map(({ key }) => key))
  const groups = groupByKey(recorded.map(toMerged))
  const merged = policy === 'keep' ? known : replaced(known, groups)
  for (const [key, group] of groups) {
    if (!keys.has(key)) merged.splice(placeFor(group, merged), 0, ...group)
  }
  return merged.map(({ rule }) => rule)
}

function readMerged(rule: FixtureRule, catalogue: Catalogue): MergedRule {
  const { nth, ...condition } = rule.when
  const reading = readWhen(rule.when, { catalogue, known: { clusters: undefined } })
  const when = 'value' in reading ? reading.value : undefined
  return { rule, key: canonicalJson({ ...condition, as: condition.as ?? 'any' }), when }
}

function groupByKey(rules: readonly MergedRule[]): Map<string, MergedRule[]> {
  const groups = new Map<string, MergedRule[]>()
  for (const rule of rules) {
    const group = groups.get(rule.key)
    if (group === undefined) groups.set(rule.key, [rule])
    else group.push(rule)
  }
  return groups
}

/** The rules of a file with recorded ones in the places of those with the same conditions. */
function replaced(
  known: readonly MergedRule[],
  groups: ReadonlyMap<string, readonly MergedRule[]>,
): MergedRule[] {
  const places = groupByKey(known)
  return known.flatMap((one) => {
    const group = groups.get(one.key)
    if (group === undefined) return [one]
    const place = places.get(one.key)
    return place?.[0] === one ? withNames(group, place) : []
  })
}

/** Recorded rules with the names that those in their place have, one after the other. */
function withNames(group: readonly MergedRule[], place: readonly MergedRule[]): MergedRule[] {
  return group.map((one, index) => {
    const name = place[index]?.rule.name
    return name === undefined ? one : { ...one, rule: { name, ...one.rule } }
  })
}

/** The index of the first rule that would hide a new one. */
function placeFor(group: readonly MergedRule[], merged: readonly MergedRule[]): number {
  const narrow = group[0]?.when
  const index = merged.findIndex(({ rule, when }) => {
    const answersForEver = rule.times === undefined && when?.nth === undefined
    if (narrow === undefined || when === undefined || !answersForEver) return false
    return covers(when, { narrow, ownEndpoints: OWN_ENDPOINTS })
  })
  return index < 0 ? merged.length : index
}
