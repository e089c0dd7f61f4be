import { defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

/**
 * Removes all records of a known table with `delete_all_records`.
 *
 * @throws GpudbError if the request has expressions, which only a rule can answer.
 */
export const deleteRecords = defineDataEndpoint(
  '/delete/records',
  (request, { scope: { tables } }) => {
    const { table_name: name, expressions, options } = request
    const table = tables.find(name)
    if (table === undefined) return undefined
    if (options['delete_all_records'] === 'true') {
      return { count_deleted: BigInt(tables.deleteRows(table)), counts_deleted: [] }
    }
    const reason =
      expressions.length > 0
        ? 'the mock evaluates no expressions, add a rule for this request'
        : 'there are no expressions, and delete_all_records is not true'
    throw new GpudbError(`Cannot delete records of ${name}: ${reason}`)
  },
)
