import type { AvroRecord } from '../avro/avro-value.ts'
import type { JobRecord } from '../jobs/job.ts'
import type { Result } from '../jobs/result.ts'
import type { Call } from './call.ts'
import type { EndpointTypes } from './endpoint-types.ts'

/** The call and the scope that an endpoint answers from. */
export type DataCall = Pick<Call, 'scope'>

/** An endpoint that answers from what the mock knows of tables and types, unless a rule does. */
export interface DataEndpoint {
  readonly path: keyof EndpointTypes
  /** Whether a job of it has this answer too, as it is when the job is created. */
  readonly inJobs: boolean
  /**
   * Undefined if the mock knows nothing about it. Throws GpudbError or TableError to reject the
   * call.
   */
  readonly answer: (request: AvroRecord, call: DataCall) => Result | undefined
}

/**
 * Defines an endpoint that knows tables or types: the function returns the fields of the response that
 * are no echo of the request.
 */
export function defineDataEndpoint<Path extends keyof EndpointTypes>(
  path: Path,
  answer: (
    request: EndpointTypes[Path]['request'],
    call: DataCall,
  ) => (Partial<EndpointTypes[Path]['response']> & JobRecord) | undefined,
): DataEndpoint {
  return {
    path,
    inJobs: false,
    answer: (request, call) => {
      // The request was decoded by the schema from which its type is generated.
      const fields = answer(request as EndpointTypes[Path]['request'], call)
      return fields && { kind: 'fields', fields }
    },
  }
}
