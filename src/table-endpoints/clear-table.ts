import { defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'

/**
 * Removes a table, a schema with its tables, or all of them for the empty name. An unknown name is
 * no error: clients clear paging tables that the mock never had.
 */
export const clearTable = defineDataEndpoint('/clear/table', ({ table_name: name }, { scope }) => {
  const { tables } = scope
  if (name === '') {
    tables.clear()
    return { table_name: 'ALL CLEARED' }
  }
  if (tables.find(name)) tables.remove(name)
  else if (tables.hasSchema(name)) tables.removeSchema(name)
  else return undefined
  return { table_name: name }
})
