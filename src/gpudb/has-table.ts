import { defineDataEndpoint } from './data-endpoint.ts'

/** Whether a table or a schema has the name. */
export const hasTable = defineDataEndpoint(
  '/has/table',
  ({ table_name: name }, { scope: { tables } }) => ({
    table_exists: tables.find(name) !== undefined || tables.hasSchema(name),
  }),
)
