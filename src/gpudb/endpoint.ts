import type { AvroRecord } from '../avro/avro-value.ts'
import type { Catalogue } from '../avro/catalogue.ts'
import type { Scope } from '../scope/scope.ts'
import type { CallSource, CallTrace } from '../wire/gpudb-call.ts'
import type { EndpointTypes } from './endpoint-types.ts'

/** What an endpoint may look at besides its request. */
export interface EndpointContext {
  readonly scope: Scope
  readonly catalogue: Catalogue
  readonly source: CallSource
  /** What the journal is told of the call. */
  readonly trace: CallTrace
  /** Tells the log why no rule matched a request. */
  readonly report: (message: string) => void
  /** The largest message that may be inside another one, in bytes. */
  readonly maxBytes: number
}

/** An endpoint that does something of its own. */
export interface Endpoint {
  readonly path: keyof EndpointTypes
  readonly answer: (request: AvroRecord, context: EndpointContext) => AvroRecord
}

/**
 * Defines an endpoint as a pure function from its request record and a scope to its response
 * record. The function throws GpudbError or JobError for what it refuses.
 */
export function defineEndpoint<Path extends keyof EndpointTypes>(
  path: Path,
  answer: (
    request: EndpointTypes[Path]['request'],
    context: EndpointContext,
  ) => EndpointTypes[Path]['response'],
): Endpoint {
  return {
    path,
    // The wire decoded the request by the schema that its type is rendered from.
    answer: (request, context) => answer(request as EndpointTypes[Path]['request'], context),
  }
}
