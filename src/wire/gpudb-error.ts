import { withoutFailoverPhrases } from './failover-phrases.ts'

/** The HTTP statuses that an error may have; 400 is the only one that all clients report well. */
export type ErrorStatus = 400 | 401 | 404 | 405 | 413 | 503

/** An error that the caller is told in an ERROR wrapper. */
export class GpudbError extends Error {
  readonly status: ErrorStatus

  constructor(
    message: string,
    options?: { readonly status?: ErrorStatus; readonly cause?: unknown },
  ) {
    super(withoutFailoverPhrases(message), { cause: options?.cause })
    this.name = 'GpudbError'
    this.status = options?.status ?? 400
  }
}
