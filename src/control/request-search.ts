import { type Static, Type } from '@sinclair/typebox'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { refuseInput } from '../control-parts/control-error.ts'
import { text } from '../control-parts/control-kinds.ts'
import { combine, unless, within } from '../documents/reading.ts'
import { CLOSED } from '../documents/schema-kinds.ts'
import { FixtureWhen } from '../fixture-format/when-format.ts'
import { readWhen } from '../fixtures/read-rule.ts'
import { isUnread, readRecorded } from '../gpudb/read-recorded.ts'
import { matchesEndpoint } from '../patterns/endpoint-pattern.ts'
import { matchesRequest } from '../rules/match-request.ts'
import type { RuleRequest, When } from '../rules/rule.ts'
import type { Journal } from '../scope/journal.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import { checkRequestNames } from './filter-names.ts'
import { meets, type RecordedRequest, readRequest } from './recorded-request.ts'
import type { Steps } from './steps.ts'

/** The conditions of rules, and what became of the request, as they are written. */
export const RequestWhen = Type.Object(
  {
    ...FixtureWhen.properties,
    fault: Type.Optional(text('The name of a fault that struck it.')),
  },
  CLOSED,
)
export type RequestWhen = Static<typeof RequestWhen>

/** The conditions of rules, and those for what became of a request. */
export interface RequestConditions extends When {
  /** The name of a fault that struck it. */
  readonly fault?: string
}

/** Reads conditions. Throws ControlError if one is invalid, or has a name that nothing has. */
export function readRequestWhen(
  { fault, ...text }: RequestWhen,
  { action, ...context }: ScopeContext & { readonly action: string },
): RequestConditions {
  const { cluster } = text
  const struck = fault === undefined ? {} : { fault }
  const names = cluster === undefined ? struck : { ...struck, cluster }
  const parts = combine({
    // The names are checked as those of lists are.
    when: readWhen(text, { ...context, known: { clusters: undefined } }),
    struck: unless(checkRequestNames(names, context), struck),
  })
  if ('value' in parts) return { ...parts.value.when, ...parts.value.struck }
  throw refuseInput(within(['when'], parts.problems), { action, code: 'BAD_FIXTURES' })
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

/** What conditions that are about calls only look at. */
type CallFact = 'endpoint' | 'askedEndpoint' | 'user' | 'cluster'

/** Whether a request meets conditions that are about calls only. */
function meetsAsCall(
  when: When,
  { endpoint, askedEndpoint, user, cluster }: Pick<JournalEntry, CallFact>,
): boolean {
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
  if (isAboutCalls(when)) return entry.decoded && meetsAsCall(when, entry)
  return namesEndpoint(when, entry) && meets(decode(), when)
}

/** The first request that could not be read, and may meet the conditions. */
export function findUnread(
  journal: Journal,
  { when, context }: { readonly when: RequestConditions; readonly context: ScopeContext },
): JournalEntry | undefined {
  const { fault, endpoint, as, user, cluster } = when
  const asCall: When = { endpoint, as, user, cluster }
  for (const entry of journal.since(0)) {
    if (fault !== undefined && !entry.faults.includes(fault)) continue
    if (!isUnread(entry, context)) continue
    const { endpoint: called, user: caller, cluster: at } = entry
    const askedEndpoint = askedBy(entry, context)
    const call = { endpoint: called, user: caller, cluster: at, askedEndpoint }
    if (meetsAsCall(asCall, call)) return entry
  }
  return undefined
}

/** The endpoint that an unread `/create/job` names. */
function askedBy(entry: JournalEntry, context: ScopeContext): string | undefined {
  const [direct] = readRecorded(entry, context)
  const endpoint = direct?.request['endpoint']
  return typeof endpoint === 'string' ? endpoint : undefined
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
