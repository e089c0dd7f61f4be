import { defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'

/**
 * Whether a schema was created, or a table has it in its name. An unknown one has the zero value:
 * false.
 */
export const hasSchema = defineDataEndpoint('/has/schema', ({ schema_name: name }, { scope }) =>
  scope.tables.hasSchema(name) ? { schema_exists: true } : undefined,
)
