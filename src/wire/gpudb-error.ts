import { withoutFailoverPhrases } from './failover-phrases.ts'

/** The reason for rejecting a call; it determines the HTTP status. */
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

  /** Phrases that make clients fail over are changed: a message may quote a request. */
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
