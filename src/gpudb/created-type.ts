import type { JobRecord } from '../jobs/job.ts'
import { isJobList, isJobRecord } from '../jobs/job.ts'
import { typeId } from '../tables/record-type.ts'

/** The id of the type that a `/create/type` defines: equal for equal definitions. */
export function createdType({ type_definition, label, properties }: JobRecord): { id: string } {
  return {
    id: typeId({
      schemaText: String(type_definition),
      label: String(label),
      properties: readProperties(properties),
    }),
  }
}

function readProperties(properties: JobRecord[string] | undefined) {
  const map = isJobRecord(properties) ? properties : {}
  return Object.fromEntries(
    Object.entries(map).map(([name, list]) => [name, isJobList(list) ? list.map(String) : []]),
  )
}
