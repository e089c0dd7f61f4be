import { defineDataEndpoint } from './data-endpoint.ts'

/** Whether a schema was created, or a table has it in its name. */
export const hasSchema = defineDataEndpoint('/has/schema', ({ schema_name: name }, { scope }) => ({
  schema_exists: scope.tables.hasSchema(name),
}))
