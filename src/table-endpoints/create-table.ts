import { type DataCall, defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import type { EndpointTypes } from '../gpudb-parts/endpoint-types.ts'
import { MAX_TABLE_NAME, NO_ROWS, type Table } from '../tables/table.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

type CreateTable = EndpointTypes['/create/table']

/**
 * Creates an empty table of a known type, or a schema with `is_collection`. A table with a schema in
 * its name needs no schema before it. Differs: other options have no effect.
 */
export const createTable = defineDataEndpoint('/create/table', (request, call) => {
  const { options } = request
  if (options['is_collection'] === 'true') return createCollection(request, call)
  const name = nameOf(request, call)
  const known = call.scope.tables.find(name)
  const table = known ? useKnown(known, request) : addTable(name, request, call)
  return {
    ...(options['create_temp_table'] === 'true' ? { table_name: name } : {}),
    type_id: table.type.id,
    is_collection: false,
    info: { qualified_table_name: name },
  }
})

function createCollection(
  { table_name: name, options }: CreateTable['request'],
  { scope: { tables } }: DataCall,
): Partial<CreateTable['response']> {
  if (name === '') throw refuse(name, 'it has no name')
  const exists = tables.find(name) !== undefined || tables.hasSchema(name)
  if (exists && options['no_error_if_exists'] !== 'true') throw refuse(name, 'it exists already')
  if (!exists) tables.addSchema(name)
  return { type_id: '', is_collection: true, info: { qualified_table_name: name } }
}

/** The name with the schema of `collection_name`, if it has none; a generated one if it is asked. */
function nameOf(
  { table_name: name, options }: CreateTable['request'],
  { scope }: DataCall,
): string {
  if (options['create_temp_table'] === 'true') {
    return `sys_temp.${scope.newUuid().replaceAll('-', '_')}`
  }
  if (name === '') throw refuse(name, 'it has no name')
  const collection = options['collection_name'] ?? ''
  return collection === '' || name.includes('.') ? name : `${collection}.${name}`
}

function useKnown(table: Table, { type_id: id, options }: CreateTable['request']): Table {
  if (options['no_error_if_exists'] !== 'true') throw refuse(table.name, 'it exists already')
  if (table.type.id !== id) throw refuse(table.name, 'it exists already with another type')
  return table
}

function addTable(
  name: string,
  { type_id: id }: CreateTable['request'],
  { scope: { types, tables } }: DataCall,
): Table {
  if (name.length > MAX_TABLE_NAME)
    throw refuse(name, `its name has ${name.length} characters, the maximum is ${MAX_TABLE_NAME}`)
  if (tables.hasSchema(name)) throw refuse(name, 'it exists already as a schema')
  const type = types.find(id) ?? tables.findType(id)
  if (type) return tables.add({ name, type, rows: NO_ROWS })
  throw refuse(name, `there is no type with the id ${JSON.stringify(id.slice(0, 100))}`)
}

function refuse(name: string, reason: string): GpudbError {
  return new GpudbError(`Cannot create the table ${JSON.stringify(name.slice(0, 200))}: ${reason}`)
}
