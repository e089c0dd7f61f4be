import type { ScopeContext } from '../control-parts/control-context.ts'
import { knownNames } from '../control-parts/read-fixtures.ts'
import { didYouMean } from '../documents/did-you-mean.ts'
import { quoteText } from '../documents/quote-text.ts'
import type { JsonProblem } from '../documents/reading.ts'
import { checkCluster, checkFault, checkName } from '../fixture-format/known-names.ts'
import { matchEndpoints } from '../fixture-format/matched-endpoints.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'

/** The names in a filter of requests or jobs. */
export interface FilterNames {
  /** With a `*` it is a search, which may find nothing. */
  readonly endpoint?: string
  readonly rule?: string
  readonly fault?: string
  readonly cluster?: string
}

/**
 * Finds the names in a filter of requests that neither the scope nor its journal has, and that the
 * scope does not remember: nothing can match those, so that a test which expects nothing would always
 * pass.
 */
export function checkRequestNames(
  { endpoint, rule, fault, cluster }: FilterNames,
  context: ScopeContext,
): JsonProblem[] {
  const { journal, rules, formerNames } = context.scope()
  const has = (isNamed: (entry: JournalEntry) => boolean) => {
    for (const entry of journal.since(0)) if (isNamed(entry)) return true
    return false
  }
  // The names of the scope are looked at first: they are few.
  const unlessRecorded = (
    problems: readonly JsonProblem[],
    isNamed: (entry: JournalEntry) => boolean,
  ) => (problems.length > 0 && has(isNamed) ? [] : problems)
  const found: JsonProblem[] = []
  if (endpoint !== undefined) {
    const problems = checkEndpoint(endpoint, context)
    found.push(...unlessRecorded(problems, (entry) => entry.endpoint === endpoint))
  }
  if (rule !== undefined && !formerNames.has({ kind: 'rule', name: rule })) {
    const known = new Set(rules.list().map(({ rule: { name } }) => name))
    const problems = checkName(rule, { kind: 'rule', known })
    found.push(...unlessRecorded(problems, (entry) => entry.rule === rule))
  }
  if (fault !== undefined && !formerNames.has({ kind: 'fault', name: fault })) {
    const problems = checkFault(fault, knownNames(context))
    found.push(...unlessRecorded(problems, ({ faults }) => faults.includes(fault)))
  }
  if (cluster !== undefined && !formerNames.has({ kind: 'cluster', name: cluster })) {
    const problems = checkCluster(cluster, knownNames(context))
    found.push(...unlessRecorded(problems, (entry) => entry.cluster === cluster))
  }
  return found
}

/** Finds the names in a filter of jobs that no job can have. */
export function checkJobNames(
  { endpoint, cluster }: Pick<FilterNames, 'endpoint' | 'cluster'>,
  context: ScopeContext,
): JsonProblem[] {
  return [
    ...(endpoint === undefined ? [] : checkEndpoint(endpoint, context)),
    ...checkCluster(cluster, knownNames(context)),
  ]
}

function checkEndpoint(
  endpoint: string,
  { catalogue }: Pick<ScopeContext, 'catalogue'>,
): JsonProblem[] {
  if (endpoint.includes('*') || matchEndpoints(catalogue, endpoint)) return []
  const hint = didYouMean(endpoint, catalogue.endpoints)
  const message = `GPUdb has no endpoint ${quoteText(endpoint)}${hint}`
  return [{ path: ['endpoint'], part: 'value', message }]
}
