import { defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

/**
 * Shows a schema and its tables, or all schemas for `*` and the empty name.
 *
 * @throws GpudbError if no schema has the name, except with `no_error_if_not_exists`.
 */
export const showSchema = defineDataEndpoint('/show/schema', (request, { scope: { tables } }) => {
  const { schema_name: name, options } = request
  const isAll = name === '' || name === '*'
  const isKnown = isAll || tables.hasSchema(name)
  if (!isKnown && options['no_error_if_not_exists'] !== 'true') {
    throw new GpudbError(`Schema not found: ${JSON.stringify(name.slice(0, 200))} does not exist`)
  }
  const found = isAll ? tables.schemaNames() : [name].filter((schema) => tables.hasSchema(schema))
  return {
    schema_names: found,
    schema_tables: found.map((schema) => tables.listSchema(schema).map((table) => table.name)),
    additional_info: found.map(() => ({})),
  }
})
