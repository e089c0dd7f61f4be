import type { Catalogue } from '../avro/catalogue.ts'
import type { EndpointTypes } from '../gpudb-parts/endpoint-types.ts'
import { directRequest, type RuleRequest } from '../rules/rule.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import { decodeCall } from '../wire/decode-call.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { createJob, readJobRequest } from './create-job.ts'

/** What `readRecorded` needs besides the journal entry. */
export interface RecordedContext {
  readonly catalogue: Catalogue
  /** The maximum size of a request body in bytes. */
  readonly bodyLimit: number
}

/**
 * The requests in a journal entry, in the form that rules match: the direct call, and for
 * `/create/job` also the job. Empty if the body was not a valid request of the endpoint.
 */
export function readRecorded(
  { endpoint, encoding, query, body, user, cluster, decoded }: JournalEntry,
  { catalogue, bodyLimit: maxBytes }: RecordedContext,
): RuleRequest[] {
  if (!decoded || encoding === undefined) return []
  const request = decodeCall(catalogue.get(endpoint), { encoding, query, body, maxBytes })
  const direct = directRequest({ endpoint, request, user, encoding, cluster })
  if (endpoint !== createJob.path) return [direct]
  try {
    // The body was decoded by the schema from which the type is generated.
    const job = request as EndpointTypes['/create/job']['request']
    return [direct, readJobRequest(job, { catalogue, maxBytes, user, cluster }).asked]
  } catch (error) {
    /* c8 ignore next -- an unexpected error is a defect of the mock */
    if (!(error instanceof GpudbError)) throw error
    return [direct]
  }
}

/** Whether a `/create/job` asked for no job that could be read: its endpoint, options or payload are wrong. */
export function isUnreadJob(entry: JournalEntry, context: RecordedContext): boolean {
  const { endpoint, rule, decoded, askedEndpoint } = entry
  const wasRead = askedEndpoint !== undefined || rule !== undefined
  if (endpoint !== createJob.path || wasRead || !decoded) return false
  // It can also be one that a cluster or a fault answered before it was read.
  return readRecorded(entry, context).length === 1
}

/** Whether an endpoint could not read a request, or the job in it. Clusters that do not work read none. */
export function isUnread(entry: JournalEntry, context: RecordedContext): boolean {
  return !entry.interrupted && (!entry.decoded || isUnreadJob(entry, context))
}
