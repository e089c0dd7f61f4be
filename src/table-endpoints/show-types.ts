import { type DataCall, defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import type { RecordType } from '../tables/record-type.ts'

/** Shows the type with an id, or all types with a label; both of tables and of created ones. */
export const showTypes = defineDataEndpoint('/show/types', ({ type_id: id, label }, call) => {
  const types = findTypes({ id, label }, call)
  // An unknown id has the zero value that clients can read.
  if (types.length === 0 && id !== '') return undefined
  return {
    type_ids: types.map((type) => type.id),
    type_schemas: types.map(({ schemaText }) => schemaText),
    labels: types.map((type) => type.label),
    properties: types.map(({ properties }) => properties),
  }
})

function findTypes(
  { id, label }: { readonly id: string; readonly label: string },
  { scope }: DataCall,
): readonly RecordType[] {
  if (id !== '') {
    const type = scope.types.find(id) ?? scope.tables.findType(id)
    return type ? [type] : []
  }
  const ofTables = scope.tables.list().map(({ type }) => type)
  const all = new Map([...ofTables, ...scope.types.list()].map((type) => [type.id, type]))
  return [...all.values()].filter((type) => label === '' || type.label === label)
}
