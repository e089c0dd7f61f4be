import { Kind, type Static, Type, TypeRegistry } from '@sinclair/typebox'
import { CLOSED } from '../documents/schema-kinds.ts'
import { isId } from '../fixture-format/job-name-format.ts'
import type { JobKey } from '../jobs/job-table.ts'
import { checkInput } from './check-input.ts'

/** What precedes a tag in a reference. */
const TAG_MARK = 'tag:'

TypeRegistry.Set('JobReference', (_schema, value) => isReference(value))

/** A job by its id, or by its tag as `tag:NAME`. */
export const JobReference = Type.Unsafe<bigint | number | string>({
  [Kind]: 'JobReference',
  anyOf: [{ type: 'integer', format: 'int64', minimum: 1 }, { type: 'string' }],
  description: 'The id of a job, or tag:NAME.',
  expected: 'an id from 1, or tag:NAME',
})
export type JobReference = Static<typeof JobReference>

const Named = Type.Object({ id: JobReference }, CLOSED)

/** Reads a reference; a text may hold an id. Throws ControlError if it is invalid. */
export function readReference(reference: JobReference): JobKey {
  const { id } = checkInput(Named, { id: reference }, { action: 'find the job' })
  const isTag = typeof id === 'string' && id.startsWith(TAG_MARK)
  return isTag ? { tag: id.slice(TAG_MARK.length) } : { id: BigInt(id) }
}

function isReference(value: unknown): boolean {
  if (typeof value !== 'string') return isId(value)
  return value.startsWith(TAG_MARK) || (/^\d{1,19}$/.test(value) && isId(BigInt(value)))
}
