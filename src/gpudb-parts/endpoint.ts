import type { AvroRecord } from '../avro/avro-value.ts'
import type { Call } from './call.ts'
import type { EndpointTypes } from './endpoint-types.ts'

/** An endpoint with its own behaviour. */
export interface Endpoint {
  readonly path: keyof EndpointTypes
  readonly answer: (request: AvroRecord, call: Call) => AvroRecord
}

/**
 * Defines an endpoint as a pure function from its request record and a scope to its response
 * record. The function throws GpudbError or JobError to reject a call.
 */
export function defineEndpoint<Path extends keyof EndpointTypes>(
  path: Path,
  answer: (request: EndpointTypes[Path]['request'], call: Call) => EndpointTypes[Path]['response'],
): Endpoint {
  return {
    path,
    // The request was decoded by the schema from which its type is generated.
    answer: (request, call) => answer(request as EndpointTypes[Path]['request'], call),
  }
}
