import type { DataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import type { EndpointTypes } from '../gpudb-parts/endpoint-types.ts'
import { optionOf, sourceFields } from '../gpudb-parts/row-fields.ts'
import { NO_JOBS } from '../jobs/job.ts'
import type { RowSource } from '../tables/row-source.ts'
import type { Table } from '../tables/table.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

/** The records of a known table, a page at a time. */
export const getRecords = readTable('/get/records', whole)

/** As getRecords; all records of the table are one series. */
export const getRecordsBySeries = readTable('/get/records/byseries', whole)

/** As getRecords, with the type of each record. */
export const getRecordsFromCollection = readTable('/get/records/fromcollection', whole)

function whole(table: Table): RowSource {
  return table
}

/** The endpoints that read a table. */
type TablePath =
  | '/get/records'
  | '/get/records/bycolumn'
  | '/get/records/byseries'
  | '/get/records/fromcollection'
  | '/get/records/json'

/**
 * Defines an endpoint that reads a known table; `view` picks what it reads of it. Differs: the
 * records are in the order in which they came, whatever the request wants.
 *
 * @throws GpudbError if the request has an expression, which only a rule can answer.
 */
export function readTable<Path extends TablePath>(
  path: Path,
  view: (table: Table, request: EndpointTypes[Path]['request']) => RowSource,
): DataEndpoint {
  return {
    path,
    inJobs: !NO_JOBS.has(path),
    answer: (record, { scope }) => {
      // The request was decoded by the schema from which its type is generated.
      const request = record as EndpointTypes[Path]['request']
      const { table_name: name }: { readonly table_name: string } = request
      const table = scope.tables.find(name)
      if (table === undefined) return undefined
      const expression = optionOf(record, 'expression') || record['expression'] || ''
      if (expression !== '') {
        const reason = 'the mock evaluates no expressions, add a rule for this request'
        throw new GpudbError(`Cannot filter the table ${name}: ${reason}`)
      }
      const use = { endpoint: path, request: record, scope }
      return { kind: 'fields', fields: sourceFields(view(table, request), use) }
    },
  }
}
