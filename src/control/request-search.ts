import type { ScopeContext } from '../control-parts/control-context.ts'
import { matchesEndpoint } from '../patterns/endpoint-pattern.ts'
import { matchesRequest } from '../rules/match-request.ts'
import type { RuleRequest, When } from '../rules/rule.ts'
import type { Journal } from '../scope/journal.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import { meets, type RecordedRequest, readRequest } from './recorded-request.ts'
import type { Steps } from './steps.ts'

/** The conditions of rules, and those for what became of a request. */
export interface RequestConditions extends When {
  /** The name of a fault that struck it. */
  readonly fault?: string
}

/** Whether a request names an endpoint of the conditions, as a direct call or as a job. */
export function namesEndpoint({ endpoint }: When, entry: JournalEntry): boolean {
  const { askedEndpoint } = entry
  if (matchesEndpoint(endpoint, entry.endpoint)) return true
  return askedEndpoint !== undefined && matchesEndpoint(endpoint, askedEndpoint)
}

/** Whether conditions are about nothing inside a request, which then need not be decoded. */
export function isAboutCalls({ request, tag, encoding }: When): boolean {
  return request === undefined && tag === undefined && encoding === undefined
}

/** Whether a request meets conditions that are about calls only. */
function meetsAsCall(
  when: When,
  { endpoint, askedEndpoint, user, cluster, decoded }: JournalEntry,
): boolean {
  if (!decoded) return false
  const caller = { user, encoding: 'json', cluster } as const
  const bare = { exactOnly: false, request: {}, tag: '', ...caller }
  const asked: readonly RuleRequest[] = [
    { ...bare, endpoint, as: 'direct' },
    ...(askedEndpoint === undefined
      ? []
      : [{ ...bare, endpoint: askedEndpoint, as: 'job' as const }]),
  ]
  return asked.some((request) => matchesRequest(when, request))
}

/** Whether a request of the journal meets all conditions but `nth`; decodes it only if it must. */
export function meetsConditionsOf(
  when: RequestConditions,
  { entry, decode }: { entry: JournalEntry; decode: () => RecordedRequest },
): boolean {
  if (when.fault !== undefined && !entry.faults.includes(when.fault)) return false
  if (isAboutCalls(when)) return meetsAsCall(when, entry)
  return namesEndpoint(when, entry) && meets(decode(), when)
}

/**
 * Counts the requests of a journal that meet conditions. Each request that has to be decoded is a
 * step, and is not kept.
 */
export function* countMatching(
  journal: Journal,
  { when, context }: { readonly when: RequestConditions; readonly context: ScopeContext },
): Steps<number> {
  let number = 0
  for (const entry of journal.since(0)) {
    let isDecoded = false
    const decode = () => {
      isDecoded = true
      return readRequest(entry, context)
    }
    if (meetsConditionsOf(when, { entry, decode })) number += 1
    if (isDecoded) yield
  }
  const { nth } = when
  return nth === undefined ? number : Number(number >= nth)
}
