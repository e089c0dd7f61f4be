import { defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

/**
 * Removes a schema; its tables too with `cascade`. An unknown schema is not known to be missing: the
 * answer is an echo.
 *
 * @throws GpudbError if the schema has tables, except with `cascade`.
 */
export const dropSchema = defineDataEndpoint('/drop/schema', (request, { scope: { tables } }) => {
  const { schema_name: name, options } = request
  if (!tables.hasSchema(name)) return undefined
  if (tables.listSchema(name).length > 0 && options['cascade'] !== 'true') {
    throw new GpudbError(`Cannot drop the schema ${name}: it has tables, and cascade is not true`)
  }
  tables.removeSchema(name)
  return {}
})
