/** Why the registry refuses something. */
export type JobErrorCode =
  | 'JOB_NOT_FOUND'
  | 'JOB_ID_TAKEN'
  | 'JOB_TAG_TAKEN'
  | 'TOO_MANY_JOBS'
  | 'JOB_FINISHED'
  | 'JOB_NOT_HELD'
  | 'PROGRESS_FALLS'

/** What the registry refuses; the message says what to do. */
export class JobError extends Error {
  readonly code: JobErrorCode

  constructor(code: JobErrorCode, message: string) {
    super(message)
    this.name = 'JobError'
    this.code = code
  }
}
