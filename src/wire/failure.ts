import { refuseType } from './encoding.ts'
import { type ErrorStatus, GpudbError } from './gpudb-error.ts'

/** How an error is told to the caller. */
export interface Failure {
  readonly status: ErrorStatus
  readonly message: string
}

/**
 * Turns whatever was thrown into an answer. A failure of our own is told as 400 too: 500, 502, 503
 * and 504 make clients fail over, and Python resends the request. `contentType` is the request's.
 */
export function describeFailure(error: unknown, contentType?: string): Failure {
  if (error instanceof GpudbError) return error
  if (!(error instanceof Error)) return { status: 400, message: 'Cannot answer: unknown failure' }
  const code = 'code' in error ? error.code : undefined
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new GpudbError(refuseType(contentType))
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return { status: 413, message: 'Cannot read the body: it is over the limit, raise body-limit' }
  }
  return new GpudbError(`Cannot answer: ${error.message}`)
}
