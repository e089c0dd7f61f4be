import { defineDataEndpoint } from '../gpudb-parts/data-endpoint.ts'
import type { EndpointTypes } from '../gpudb-parts/endpoint-types.ts'
import type { Table } from '../tables/table.ts'
import type { TableSet } from '../tables/table-set.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

type ShowTable = EndpointTypes['/show/table']
type Options = ShowTable['request']['options']

/** A table or a schema in the lists of the response, which are parallel. */
interface Shown {
  readonly name: string
  readonly descriptions: readonly string[]
  /** Undefined for a schema. */
  readonly table?: Table
  readonly size: number
}

/**
 * Shows a table, a schema, or all of them for `*` and the empty name. Names of tables are written
 * with their schemas. The sizes are sent if `get_sizes` is true.
 *
 * @throws GpudbError if no table or schema has the name, except with `no_error_if_not_exists`.
 */
export const showTable = defineDataEndpoint(
  '/show/table',
  ({ table_name: name, options }, { scope }) => {
    const shown = findShown(name, { tables: scope.tables, options })
    if (shown === undefined && options['no_error_if_not_exists'] !== 'true') {
      throw new GpudbError(`Table not found: ${JSON.stringify(name.slice(0, 200))} does not exist`)
    }
    return describe(shown ?? [], options)
  },
)

function findShown(
  name: string,
  { tables, options }: { readonly tables: TableSet; readonly options: Options },
): readonly Shown[] | undefined {
  const table = tables.find(name)
  if (table) return [toShown(table)]
  const withChildren = options['show_children'] !== 'false'
  if (name === '' || name === '*') {
    if (withChildren) return tables.list().map(toShown)
    const schemas = tables.schemaNames().map((schema) => schemaShown(schema, tables))
    return [...schemas, ...tables.listSchema('').map(toShown)]
  }
  if (!tables.hasSchema(name)) return undefined
  return withChildren ? tables.listSchema(name).map(toShown) : [schemaShown(name, tables)]
}

function toShown(table: Table): Shown {
  return { name: table.name, descriptions: [], table, size: table.count }
}

/** Python 7.2.3.13 knows a schema by COLLECTION, its former name. */
function schemaShown(name: string, tables: TableSet): Shown {
  const size = tables.listSchema(name).reduce((sum, { count }) => sum + count, 0)
  return { name, descriptions: ['COLLECTION', 'SCHEMA'], size }
}

function describe(shown: readonly Shown[], options: Options): Partial<ShowTable['response']> {
  const withInfo = options['skip_additional_info'] !== 'true'
  return {
    table_names: shown.map(({ name }) => name),
    table_descriptions: shown.map(({ descriptions }) => descriptions),
    type_ids: shown.map(({ table }) => table?.type.id ?? ''),
    type_schemas: shown.map(({ table }) => table?.type.schemaText ?? ''),
    type_labels: shown.map(({ table }) => table?.type.label ?? ''),
    properties: shown.map(({ table }) => table?.type.properties ?? {}),
    additional_info: shown.map(({ table }) => (withInfo && table ? infoOf(table) : {})),
    ...sizesOf(shown, options),
  }
}

function infoOf({ schemaName }: Table): Readonly<Record<string, string>> {
  return {
    collection_names: schemaName,
    schema_name: schemaName,
    request_avro_type: 'create_table',
    table_ttl: '-1',
    remaining_table_ttl: '-1',
  }
}

function sizesOf(shown: readonly Shown[], options: Options): Partial<ShowTable['response']> {
  if (options['get_sizes'] !== 'true' && options['get_cached_sizes'] !== 'true') {
    return { total_size: -1n, total_full_size: -1n }
  }
  const sizes = shown.map(({ size }) => BigInt(size))
  const total = sizes.reduce((sum, size) => sum + size, 0n)
  return {
    sizes,
    full_sizes: sizes,
    join_sizes: shown.map(({ size }) => size),
    total_size: total,
    total_full_size: total,
  }
}
