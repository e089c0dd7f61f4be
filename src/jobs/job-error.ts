/** The reason why the registry rejects an operation. */
export type JobErrorCode =
  | 'JOB_NOT_FOUND'
  | 'JOB_ID_TAKEN'
  | 'JOB_TAG_TAKEN'
  | 'TOO_MANY_JOBS'
  | 'TOO_MANY_JOB_BYTES'
  | 'JOB_FINISHED'
  | 'JOB_NOT_HELD'
  | 'PROGRESS_FALLS'

/** A rejected operation on jobs. The message names the action and the reason. */
export class JobError extends Error {
  readonly code: JobErrorCode

  constructor(code: JobErrorCode, message: string) {
    super(message)
    this.name = 'JobError'
    this.code = code
  }
}
