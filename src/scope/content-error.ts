import { JobError } from '../jobs/job-error.ts'
import { RuleError } from '../rules/rule-error.ts'
import { TableError } from '../tables/table-error.ts'
import { ScopeError } from './scope-error.ts'

/** The errors by which a scope, or what it holds, rejects something: no defects of the mock. */
const CONTENT_ERRORS = [JobError, RuleError, ScopeError, TableError] as const

/** An error by which a scope, or what it holds, rejects something. */
export type ContentError = InstanceType<(typeof CONTENT_ERRORS)[number]>

export function isContentError(error: unknown): error is ContentError {
  return CONTENT_ERRORS.some((kind) => error instanceof kind)
}
