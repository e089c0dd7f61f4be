import { defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'

/** Whether a table or a schema has the name. An unknown one has the zero value: false. */
export const hasTable = defineDataEndpoint('/has/table', ({ table_name: name }, { scope }) => {
  const { tables } = scope
  const isKnown = tables.find(name) !== undefined || tables.hasSchema(name)
  return isKnown ? { table_exists: true } : undefined
})
