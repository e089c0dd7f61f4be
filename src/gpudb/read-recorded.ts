import type { Catalogue } from '../avro/catalogue.ts'
import type { RuleRequest } from '../rules/rule.ts'
import type { JournalEntry } from '../scope/journal.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { decodeBody } from '../wire/message.ts'
import { createJob, readJobRequest } from './create-job.ts'
import type { EndpointTypes } from './endpoint-types.ts'

/** What a recorded request is read with. */
export interface RecordedContext {
  readonly catalogue: Catalogue
  /** The largest message in bytes. */
  readonly maxBytes: number
}

/**
 * What a recorded request asked for, as rules see it: the direct call, and for `/create/job` the
 * job too. Empty where its body was no request of the endpoint.
 */
export function readRecorded(
  { endpoint, encoding, body, user, decoded }: JournalEntry,
  context: RecordedContext,
): RuleRequest[] {
  if (!decoded || encoding === undefined) return []
  const { request: codec } = context.catalogue.get(endpoint)
  const request = decodeBody(codec, { encoding, body, maxBytes: context.maxBytes })
  const direct = {
    endpoint,
    exactOnly: false,
    as: 'direct',
    request,
    tag: '',
    user,
    encoding,
  } as const
  if (endpoint !== createJob.path) return [direct]
  try {
    // The body was decoded by the schema that the type is rendered from.
    const job = request as EndpointTypes['/create/job']['request']
    return [direct, readJobRequest(job, { ...context, user })]
  } catch (error) {
    if (error instanceof GpudbError) return [direct]
    throw error
  }
}
