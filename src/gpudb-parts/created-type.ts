import { isJobRecord, type JobRecord, type JobValue } from '../jobs/job.ts'
import type { TypeDefinition } from '../tables/read-type.ts'
import { typeId } from '../tables/record-type.ts'

/** The id of the type that a `/create/type` defines: equal for equal definitions. */
export function createdTypeId(request: JobRecord): string {
  return typeId(readDefinition(request))
}

/** The definition of a type in a `/create/type`; not checked. */
export function readDefinition({ type_definition, label, properties }: JobRecord): TypeDefinition {
  return {
    schemaText: String(type_definition),
    label: String(label),
    properties: readProperties(properties),
  }
}

function readProperties(properties: JobValue | undefined): TypeDefinition['properties'] {
  const map = isJobRecord(properties) ? properties : {}
  return Object.fromEntries(
    Object.entries(map).map(([name, list]) => [name, [list].flat().map(String)]),
  )
}
