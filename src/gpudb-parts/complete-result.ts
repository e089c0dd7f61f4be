import type { JobRecord } from '../jobs/job.ts'
import type { Result } from '../jobs/result.ts'
import type { Scope } from '../scope/scope.ts'
import type { PlainResult } from '../wire/encode-result.ts'
import { rowFields } from './row-fields.ts'
import { zeroFields } from './zero-fields.ts'

/** The request that a result answers, directly or as that of a job. */
export interface ResultUse {
  readonly endpoint: string
  readonly request: JobRecord
  readonly scope: Scope
}

/** Turns rows into fields of the response, and adds the zero values that clients need to read it. */
export function completeResult(result: Result, use: ResultUse): PlainResult {
  switch (result.kind) {
    case 'raw':
      return result
    case 'rows':
      return { kind: 'fields', fields: { ...rowFields(result.set, use), ...result.fields } }
    case 'fields': {
      const zeros = zeroFields(result.fields, use)
      return zeros ? { kind: 'fields', fields: { ...zeros, ...result.fields } } : result
    }
  }
}
