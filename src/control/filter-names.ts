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

/** How the name of a key is looked for. */
interface NameCheck {
  readonly key: keyof FilterNames
  /** Finds the problem with a name that the scope does not have. */
  readonly find: (name: string, context: ScopeContext) => JsonProblem[]
  /** Whether a request of the journal has it: what it names may be gone from the scope. */
  readonly isRecorded: (name: string, entry: JournalEntry) => boolean
}

const CHECKS: readonly NameCheck[] = [
  { key: 'endpoint', find: checkEndpoint, isRecorded: (name, { endpoint }) => endpoint === name },
  { key: 'rule', find: checkRule, isRecorded: (name, { rule }) => rule === name },
  {
    key: 'fault',
    find: (name, context) => checkFault(name, knownNames(context)),
    isRecorded: (name, { faults }) => faults.includes(name),
  },
  {
    key: 'cluster',
    find: (name, context) => checkCluster(name, knownNames(context)),
    isRecorded: (name, { cluster }) => cluster === name,
  },
]

/**
 * Finds the names in a filter of requests that neither the scope nor its journal has, and that the
 * scope does not remember: nothing can match those, so that a test which expects nothing would always
 * pass.
 */
export function checkRequestNames(names: FilterNames, context: ScopeContext): JsonProblem[] {
  const { journal, formerNames } = context.scope()
  return CHECKS.flatMap(({ key, find, isRecorded }) => {
    const name = names[key]
    if (name === undefined || formerNames.has({ kind: key, name })) return []
    const problems = find(name, context)
    // The names of the scope are looked at first: they are few.
    if (problems.length === 0) return []
    for (const entry of journal.since(0)) if (isRecorded(name, entry)) return []
    return problems
  })
}

/** Finds the names in a filter of jobs that no job has had, except clusters that the scope remembers. */
export function checkJobNames(
  { endpoint, cluster }: Pick<FilterNames, 'endpoint' | 'cluster'>,
  context: ScopeContext,
): JsonProblem[] {
  const { formerNames } = context.scope()
  const isFormer = cluster !== undefined && formerNames.has({ kind: 'cluster', name: cluster })
  return [
    ...(endpoint === undefined ? [] : checkEndpoint(endpoint, context)),
    ...(isFormer ? [] : checkCluster(cluster, knownNames(context))),
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

function checkRule(name: string, { scope }: Pick<ScopeContext, 'scope'>): JsonProblem[] {
  const { rules } = scope()
  const known = new Set(rules.list().map(({ rule }) => rule.name))
  return checkName(name, { kind: 'rule', known })
}
