import { isJobList, type JobRecord, type JobValue } from '../jobs/job.ts'
import type { RowSet } from '../jobs/result.ts'
import { recordType } from '../tables/record-type.ts'
import type { ResultUse } from './complete-result.ts'
import { createdTypeId } from './created-type.ts'
import { wantsGeoJson, writeFeatures } from './geo-json.ts'
import { LIST_ZEROS, type ZeroFields } from './list-zeros.ts'
import { MAP_ZEROS } from './map-zeros.ts'
import { rowFields } from './row-fields.ts'
import { selectInteger } from './select-integer.ts'

/** One column without rows: clients need at least one column to read a result. */
const DUMMY: RowSet = {
  columns: [{ name: 'dummy', type: 'string', item: 'string', nullable: false }],
  rows: [],
  hasTemplates: false,
}

/** The fields of a result with columns: one that sets any of them has its own rows. */
const ROW_FIELDS = [
  'response_schema_str',
  'binary_encoded_response',
  'json_encoded_response',
  'type_name',
  'type_names',
  'type_schema',
  'type_schemas',
  'type_ids',
]

/** langchain-kinetica 1.3.0 reads `choices[0]` and its message (`ChatKinetica._generate`). */
const EMPTY_CHAT: JobRecord = {
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'stop' }],
}

const noRows = (use: ResultUse) => rowFields(DUMMY, use)

const ZEROS: Readonly<Record<string, ZeroFields>> = {
  ...LIST_ZEROS,
  ...MAP_ZEROS,
  // Java 7.2.3.15, BulkInserter.updateWorkerQueues: 0 is the version that it knows already, and
  // RecordKey.route divides by the number of shards. All are on the first rank.
  '/admin/show/shards': () => ({ version: 1n, rank: [1], tom: [0] }),
  '/aggregate/groupby': noRows,
  '/aggregate/unique': noRows,
  '/aggregate/unpivot': noRows,
  '/chat/completions': () => EMPTY_CHAT,
  '/create/type': ({ request }) => ({ type_id: createdTypeId(request) }),
  // A program parses it to read what the monitor sends.
  '/create/tablemonitor': () => ({ type_schema: recordType(DUMMY.columns).schemaText }),
  '/execute/sql': statementZeros,
  '/get/records': noRows,
  '/get/records/bycolumn': noRows,
  '/get/records/byseries': noRows,
  '/get/records/fromcollection': noRows,
  // Java's BulkInserter refuses to start without the permission (7.2.3.15).
  '/has/permission': () => ({ has_permission: true }),
  '/has/role': () => ({ has_role: true }),
  '/insert/records': ({ request }) => ({ count_inserted: countSent(request) }),
  '/insert/records/json': ({ request }) => ({ count_inserted: lengthOf(request['records']) }),
  '/show/graph/grammar': () => ({ components_json: '{}' }),
  '/show/types': typeZeros,
  '/visualize/getfeatureinfo': featureZeros,
}

/**
 * The zero values that a client can read, of an endpoint whose Avro zeros would stop it: an empty
 * text is no schema. Undefined if Avro's zeros do, or if `given` has rows of its own.
 */
export function zeroFields(given: JobRecord, use: ResultUse): JobRecord | undefined {
  const { endpoint } = use
  const zeros = Object.hasOwn(ZEROS, endpoint) ? ZEROS[endpoint] : undefined
  if (zeros === undefined || ROW_FIELDS.some((name) => name in given)) return undefined
  return zeros(use, given)
}

/** The start of a statement that returns rows, after comments. */
const QUERY =
  /^(?:[\s(]|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:select|with|show|desc|describe|explain|values|table)\b/i

/**
 * An integer that is selected; no rows for any other query; else what the real server answers to
 * DDL. Python's GPUdbSqlIterator 7.2.3.13 takes the affected rows of a query for rows to come.
 */
function statementZeros(use: ResultUse): JobRecord {
  const { statement } = use.request
  const selected = selectInteger(statement)
  if (selected) return rowFields(selected.set, use)
  if (QUERY.test(String(statement))) return noRows(use)
  return { ...noRows(use), count_affected: 1n, total_number_of_records: -1n }
}

/** The type that an id names, if the scope has named it, else one with a dummy column. */
function typeZeros({ request, scope }: ResultUse): JobRecord {
  const { type_id: id, label } = request
  if (typeof id !== 'string' || id === '') return {}
  const type = scope.types.find(id) ?? recordType(DUMMY.columns)
  return {
    type_ids: [id],
    type_schemas: [type.schemaText],
    labels: [typeof label === 'string' && label !== '' ? label : type.label],
    properties: [type.properties],
  }
}

/** No feature was found in any table: an echo of the tables would need a type for each. */
function featureZeros({ request }: ResultUse): JobRecord {
  const features = wantsGeoJson(request) ? writeFeatures([]) : ''
  return { table_names: [], geojson_encoded_response: features }
}

/** The records that a request holds, in the list that its `list_encoding` names. */
function countSent({ list, list_str: texts, list_encoding: encoding }: JobRecord): number {
  return Number(lengthOf(encoding === 'json' ? texts : list))
}

/** The JSON endpoints count in longs. */
function lengthOf(list: JobValue | undefined): bigint {
  return BigInt(isJobList(list) ? list.length : 0)
}
