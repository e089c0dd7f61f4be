import type { AvroRecord } from '../avro/avro-value.ts'
import type { RowSource } from '../tables/row-source.ts'
import type { Table } from '../tables/table.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import type { DataEndpoint } from './data-endpoint.ts'
import { optionOf, sourceFields } from './row-fields.ts'

/** The records of a known table, a page at a time. */
export const getRecords = readTable('/get/records')

/** As getRecords; all records of the table are one series. */
export const getRecordsBySeries = readTable('/get/records/byseries')

/** As getRecords, with the type of each record. */
export const getRecordsFromCollection = readTable('/get/records/fromcollection')

/**
 * Defines an endpoint that reads a known table; `view` picks what it reads of it. Differs: the
 * records are in the order in which they came, whatever the request wants.
 *
 * @throws GpudbError if the request has an expression, which only a rule can answer.
 */
export function readTable(
  path: DataEndpoint['path'],
  view: (table: Table, request: AvroRecord) => RowSource = (table) => table,
): DataEndpoint {
  return {
    path,
    inJobs: true,
    answer: (request, { scope }) => {
      const table = scope.tables.find(String(request['table_name']))
      if (table === undefined) return undefined
      if (optionOf(request, 'expression') !== '') {
        const reason = 'the mock evaluates no expressions, add a rule for this request'
        throw new GpudbError(`Cannot filter the table ${table.name}: ${reason}`)
      }
      const source = view(table, request)
      return { kind: 'fields', fields: sourceFields(source, { endpoint: path, request, scope }) }
    },
  }
}
