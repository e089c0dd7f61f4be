import { Kind, type Static, Type, TypeRegistry } from '@sinclair/typebox'
import { isLong } from '../avro/long-type.ts'
import type { JobKey } from '../jobs/job-table.ts'
import { refuseInput } from './control-error.ts'

/** How a job is named, for messages that want a name. */
const FORM = 'an id from 1, or tag:NAME'

TypeRegistry.Set('JobReference', (_schema, value) =>
  ['bigint', 'number', 'string'].includes(typeof value),
)

/** A job by its id, or by its tag as `tag:NAME`. */
export const JobReference = Type.Unsafe<bigint | number | string>({
  [Kind]: 'JobReference',
  anyOf: [{ type: 'integer', format: 'int64', minimum: 1 }, { type: 'string' }],
  description: 'The id of a job, or tag:NAME.',
  expected: FORM,
})
export type JobReference = Static<typeof JobReference>

/** Reads a name. Throws ControlError where it is none. */
export function readReference(reference: JobReference): JobKey {
  if (typeof reference === 'string' && reference.startsWith('tag:')) {
    return { tag: reference.slice('tag:'.length) }
  }
  const text = String(reference)
  const id = /^\d{1,19}$/.test(text) ? BigInt(text) : 0n
  if (id > 0n && isLong(id)) return { id }
  const shown = JSON.stringify(text.slice(0, 40))
  const problem = {
    path: ['id'],
    part: 'value' as const,
    message: `expected ${FORM}, got ${shown}`,
  }
  throw refuseInput('BAD_REQUEST', 'the name of a job', [problem])
}
