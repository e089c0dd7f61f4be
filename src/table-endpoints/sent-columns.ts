import type { FieldSchema } from '../avro/avro-schema.ts'
import { RecordCodec } from '../avro/record-codec.ts'
import type { RecordType } from '../tables/record-type.ts'
import { GpudbError } from '../wire/gpudb-error.ts'

/**
 * The columns that the Avro records of a request hold, by its option `request_schema_str`, such as
 * `[["id","int"],["note","string","nullable"]]` (documentation 7.2; Python 7.2.3.13 sends it to servers
 * from 7.2.3.18).
 * Undefined if the records hold all columns of the table.
 *
 * @throws GpudbError if the option is not such a list, or omits a column that cannot be null.
 */
export function readSentColumns(
  text: string,
  { columns }: RecordType,
): RecordType['codec'] | undefined {
  if (text === '') return undefined
  const sent = readList(text)
  const names = sent.map(([name]) => name)
  if (names.join() === columns.map(({ name }) => name).join()) return undefined
  if (new Set(names).size < names.length) throw refuse('it names a column twice')
  const known = new Map(columns.map((column) => [column.name, column]))
  const fields = sent.map(([name, ...others]): FieldSchema => {
    const column = known.get(name)
    if (column === undefined) throw refuse(`the table has no column ${JSON.stringify(name)}`)
    if (!others.includes('nullable')) return { name, type: column.item }
    if (!column.nullable) throw refuse(`the column ${name} is not nullable`)
    return { name, type: [column.item, 'null'] }
  })
  const missing = columns.find(({ name, nullable }) => !nullable && !names.includes(name))
  if (missing) throw refuse(`it omits the column ${missing.name}, which is not nullable`)
  return new RecordCodec({ type: 'record', name: 'type_name', fields })
}

function readList(text: string): readonly (readonly [string, ...string[]])[] {
  const list = parse(text)
  if (Array.isArray(list) && list.every(isColumn)) return list
  throw refuse('expected a list such as [["id","int"]]')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isColumn(value: unknown): value is readonly [string, ...string[]] {
  return Array.isArray(value) && value.length > 1 && value.every((part) => typeof part === 'string')
}

function refuse(reason: string): GpudbError {
  return new GpudbError(`Cannot read request_schema_str: ${reason}`)
}
