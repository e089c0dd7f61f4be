/**
 * How an endpoint returns rows: as a list for each column in a record with a dynamic schema, or as
 * one record for each row; of a table, of series, of a collection, or as JSON objects.
 */
export type RowsForm = 'columns' | 'records' | 'series' | 'collection' | 'objects'

/** The endpoints that return rows. */
const ROW_ENDPOINTS: Readonly<Record<string, RowsForm>> = {
  '/aggregate/groupby': 'columns',
  '/aggregate/unique': 'columns',
  '/aggregate/unpivot': 'columns',
  '/execute/sql': 'columns',
  '/get/records': 'records',
  '/get/records/bycolumn': 'columns',
  '/get/records/byseries': 'series',
  '/get/records/fromcollection': 'collection',
  '/get/records/json': 'objects',
}

/** How an endpoint returns rows; undefined if it returns none. */
export function rowsFormOf(endpoint: string): RowsForm | undefined {
  return Object.hasOwn(ROW_ENDPOINTS, endpoint) ? ROW_ENDPOINTS[endpoint] : undefined
}
