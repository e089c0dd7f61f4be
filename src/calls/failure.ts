import { RequestError } from '../connections/request-error.ts'
import { fieldOf } from '../documents/field-of.ts'
import { refuseType } from '../wire/encoding.ts'
import { GpudbError, type GpudbErrorCode } from '../wire/gpudb-error.ts'

/**
 * The HTTP statuses of rejected calls. 400 is the only one that all clients report well: with 404,
 * Python 7.2.3 fails over and loses the message.
 */
export const STATUSES = {
  REFUSED: 400,
  TOO_LARGE: 413,
  UNAUTHORIZED: 401,
  UNKNOWN_ENDPOINT: 404,
  WRONG_METHOD: 405,
  STOPPING: 503,
} as const satisfies Record<GpudbErrorCode, number>

/**
 * Turns a thrown value into an error for the client. Unexpected errors are REFUSED too: 500, 502,
 * 503 and 504 make clients fail over, and Python 7.2.3.13 resends the request. `contentType` is that
 * of the request.
 */
export function toGpudbError(error: unknown, contentType?: string): GpudbError {
  if (error instanceof GpudbError) return error
  if (!(error instanceof Error)) return new GpudbError('Cannot answer: unknown failure')
  const code = fieldOf(error, 'code')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new GpudbError(refuseType(contentType))
  if (error instanceof RequestError) return new GpudbError(error.message, { cause: error })
  return new GpudbError(`Cannot answer: ${error.message}`)
}

/** The HTTP status for a thrown value, and the error that the client receives for it. */
export function statusOf(error: unknown, { code }: GpudbError): number {
  return error instanceof RequestError ? error.statusCode : STATUSES[code]
}

/** Whether an error is a defect of the mock: others are GpudbErrors or have Fastify's status. */
export function isUnexpected(error: unknown): boolean {
  return !(error instanceof GpudbError || (error instanceof Error && 'statusCode' in error))
}
