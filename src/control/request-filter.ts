import { type Static, Type } from '@sinclair/typebox'
import { checkInput } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { refuseInput } from '../control-parts/control-error.ts'
import { count, endpointFilter, Listing, text } from '../control-parts/control-kinds.ts'
import { CLOSED } from '../documents/schema-kinds.ts'
import { id } from '../fixture-format/job-name-format.ts'
import { endpointMatcher } from '../patterns/endpoint-pattern.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import { checkRequestNames } from './filter-names.ts'

/** The requests to list. Omitted keys match every request. */
export const RequestFilter = Type.Object(
  {
    endpoint: Type.Optional(endpointFilter('The endpoint; * stands for any text.')),
    status: Type.Optional(count('The HTTP status of the answer.')),
    rule: Type.Optional(text('The name of the rule that answered.')),
    fault: Type.Optional(text('The name of a fault that struck it.')),
    job: Type.Optional(id('The id of the job that was created or polled.')),
    cluster: Type.Optional(text('The name of the cluster that was called.')),
    user: Type.Optional(text('The name of the user; empty: requests without one.')),
    unmatched: Type.Optional(
      Type.Boolean({
        description: 'Whether neither a rule nor a behaviour of the endpoint itself answered.',
        expected: 'true or false',
      }),
    ),
    after: Type.Optional(count('Only requests with a higher id.')),
    ...Listing,
  },
  CLOSED,
)
export type RequestFilter = Static<typeof RequestFilter>

/** The purpose of a RequestFilter, for the error that rejects it. */
export const TO_LIST_REQUESTS = { action: 'list requests' }

/** Checks a filter. Throws ControlError if it is invalid, or has a name that nothing has. */
export function readRequestFilter(filter: RequestFilter, context: ScopeContext): RequestFilter {
  const checked = checkInput(RequestFilter, filter, TO_LIST_REQUESTS)
  const problems = checkRequestNames(checked, context)
  if (problems.length > 0) throw refuseInput(problems, TO_LIST_REQUESTS)
  return checked
}

/** A function that returns whether an entry of the journal is in a list. */
export function requestMatcher(filter: RequestFilter): (entry: JournalEntry) => boolean {
  const { endpoint, status, rule, fault, cluster, user, unmatched, after = 0 } = filter
  const job = filter.job === undefined ? undefined : BigInt(filter.job)
  const isNamed = endpoint === undefined ? () => true : endpointMatcher(endpoint)
  return (entry) => {
    const same = (status ?? entry.status) === entry.status && (rule ?? entry.rule) === entry.rule
    const isNewer = (job ?? entry.jobId) === entry.jobId && entry.id > after
    const isStruck = fault === undefined || entry.faults.includes(fault)
    const isThere = (cluster ?? entry.cluster) === entry.cluster
    return same && isNewer && isStruck && isThere && isNamed(entry.endpoint) && isOf(entry)
  }

  function isOf(entry: JournalEntry): boolean {
    return (user ?? entry.user) === entry.user && (unmatched ?? entry.unmatched) === entry.unmatched
  }
}
