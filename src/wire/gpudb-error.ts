import { withoutFailoverPhrases } from './failover-phrases.ts'

/** Why a call is refused; the server chooses the HTTP status by it. */
export type GpudbErrorCode =
  | 'REFUSED'
  | 'TOO_LARGE'
  | 'UNAUTHORIZED'
  | 'UNKNOWN_ENDPOINT'
  | 'WRONG_METHOD'
  | 'STOPPING'

/** An error that the client receives in an ERROR wrapper. */
export class GpudbError extends Error {
  readonly code: GpudbErrorCode

  /** A message that quotes a request is changed if it holds a phrase that makes clients fail over. */
  constructor(
    message: string,
    options: { readonly code?: GpudbErrorCode; readonly cause?: unknown } = {},
  ) {
    const { code = 'REFUSED', cause } = options
    super(withoutFailoverPhrases(message), { cause })
    this.name = 'GpudbError'
    this.code = code
  }
}
