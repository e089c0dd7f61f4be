import { defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

/** Creates a schema. A table needs none before it; clients create it all the same. */
export const createSchema = defineDataEndpoint(
  '/create/schema',
  (request, { scope: { tables } }) => {
    const { schema_name: name, options } = request
    if (name === '') throw new GpudbError('Cannot create the schema "": it has no name')
    if (!tables.hasSchema(name)) tables.addSchema(name)
    else if (options['no_error_if_exists'] !== 'true') {
      throw new GpudbError(`Cannot create the schema ${JSON.stringify(name)}: it exists already`)
    }
    return {}
  },
)
