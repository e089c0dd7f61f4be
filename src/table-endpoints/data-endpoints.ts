import type { DataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import { clearTable } from './clear-table.ts'
import { createSchema } from './create-schema.ts'
import { createTable } from './create-table.ts'
import { createType } from './create-type.ts'
import { deleteRecords } from './delete-records.ts'
import { dropSchema } from './drop-schema.ts'
import { executeSql } from './execute-sql.ts'
import { getRecords, getRecordsBySeries, getRecordsFromCollection } from './get-records.ts'
import { getRecordsByColumn, getRecordsJson } from './get-records-by-column.ts'
import { hasSchema } from './has-schema.ts'
import { hasTable } from './has-table.ts'
import { insertRecords } from './insert-records.ts'
import { insertRecordsJson } from './insert-records-json.ts'
import { showSchema } from './show-schema.ts'
import { showTable } from './show-table.ts'
import { showTypes } from './show-types.ts'

const ENDPOINTS: readonly DataEndpoint[] = [
  clearTable,
  createSchema,
  createTable,
  createType,
  deleteRecords,
  dropSchema,
  executeSql,
  getRecords,
  getRecordsByColumn,
  getRecordsBySeries,
  getRecordsFromCollection,
  getRecordsJson,
  hasSchema,
  hasTable,
  insertRecords,
  insertRecordsJson,
  showSchema,
  showTable,
  showTypes,
]

const BY_PATH: ReadonlyMap<string, DataEndpoint> = new Map(ENDPOINTS.map((one) => [one.path, one]))

/** The endpoint at a path; undefined if it has nothing to do with tables and types. */
export function findDataEndpoint(path: string): DataEndpoint | undefined {
  return BY_PATH.get(path)
}
