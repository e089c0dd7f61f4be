import type { AvroRecord } from '../avro/avro-value.ts'
import type { Result } from '../jobs/result.ts'
import type { Call } from './call.ts'
import type { EndpointTypes } from './endpoint-types.ts'
import { executeSql } from './execute-sql.ts'

/** An endpoint that answers from what the mock knows of tables and types, unless a rule does. */
export interface DataEndpoint {
  readonly path: keyof EndpointTypes
  /** Undefined if the mock knows nothing about it. Throws GpudbError to reject the call. */
  readonly answer: (request: AvroRecord, call: Call) => Result | undefined
}

const ENDPOINTS: readonly DataEndpoint[] = [executeSql]

const BY_PATH: ReadonlyMap<string, DataEndpoint> = new Map(ENDPOINTS.map((one) => [one.path, one]))

/** The endpoint at a path; undefined if it has nothing to do with tables and types. */
export function findDataEndpoint(path: string): DataEndpoint | undefined {
  return BY_PATH.get(path)
}
