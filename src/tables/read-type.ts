import type { FieldSchema } from '../avro/avro-schema.ts'
import { RecordCodec } from '../avro/record-codec.ts'
import { fieldOf } from '../documents/field-of.ts'
import type { CellKind, Column } from '../jobs/result.ts'
import { findColumnType } from './column-type.ts'
import { isFieldName, MAX_COLUMNS } from './read-columns.ts'
import { type RecordType, typeId } from './record-type.ts'

/** The parts of a type as a client defines it. */
export type TypeDefinition = Pick<RecordType, 'schemaText' | 'label' | 'properties'>

/** A definition is not the type of the records of a table; the message says why. */
export class DefinitionError extends Error {
  constructor(problem: string) {
    super(problem)
    this.name = 'DefinitionError'
  }
}

const KINDS: readonly CellKind[] = ['int', 'long', 'float', 'double', 'string', 'bytes']

/**
 * Reads the definition of a type: an Avro record whose fields are of the types of cells, or unions of
 * one of them and null. The records of the type are in the form that the definition says.
 *
 * @throws DefinitionError if it is anything else, or names a property for a column that it lacks.
 */
export function readType({ schemaText, label, properties }: TypeDefinition): RecordType {
  const fields = readFields(schemaText)
  const columns = fields.map((field) => toColumn(field, ownOf(properties, field.name)))
  const names = new Set(columns.map(({ name }) => name))
  const strange = Object.keys(properties).find((name) => !names.has(name))
  if (strange !== undefined) {
    throw new DefinitionError(`properties: there is no column ${quote(strange)}`)
  }
  const id = typeId({ schemaText, label, properties })
  const schemas = fields.map(({ name, type }) => ({ name, type }))
  const codec = new RecordCodec({ type: 'record', name: 'type_name', fields: schemas })
  return { id, schemaText, label, properties, columns, codec }
}

/** A field with the form of its cells; a union with null has either order. */
interface CellField extends FieldSchema {
  readonly item: CellKind
  readonly nullable: boolean
}

function readFields(text: string): CellField[] {
  const definition = parse(text)
  const fields = fieldOf(definition, 'fields')
  if (fieldOf(definition, 'type') !== 'record' || !Array.isArray(fields)) {
    const form = '{"type":"record","name":…,"fields":[…]}'
    throw new DefinitionError(`expected an Avro record such as ${form}`)
  }
  if (fields.length === 0 || fields.length > MAX_COLUMNS) {
    throw new DefinitionError(`expected 1 to ${MAX_COLUMNS} fields, got ${fields.length}`)
  }
  const names = new Set<string>()
  return fields.map((field: unknown, index) => {
    const read = readField(field, index)
    if (names.has(read.name)) throw new DefinitionError(`there are two fields ${quote(read.name)}`)
    names.add(read.name)
    return read
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new DefinitionError('the definition is not JSON')
  }
}

function readField(field: unknown, index: number): CellField {
  const name = fieldOf(field, 'name')
  const type = fieldOf(field, 'type')
  if (typeof name !== 'string' || !isFieldName(name)) {
    throw new DefinitionError(`fields[${index}] has no name of letters, digits and '_'`)
  }
  const branches: readonly unknown[] = Array.isArray(type) ? type : [type]
  const kinds = branches.filter((branch) => branch !== 'null')
  const item = KINDS.find((kind) => kind === kinds[0])
  const nullable = branches.length === 2 && kinds.length === 1
  if (item === undefined || !(nullable || branches.length === 1)) {
    const expected = `${KINDS.join(', ')}, or a list of one of them and "null"`
    throw new DefinitionError(`the field ${name} has an unknown type: expected ${expected}`)
  }
  if (!nullable) return { name, type: item, item, nullable }
  return { name, type: branches[0] === 'null' ? ['null', item] : [item, 'null'], item, nullable }
}

function toColumn({ name, item, nullable }: CellField, properties: readonly string[]): Column {
  const named = properties
    .map((property) => findColumnType(property.replace(/\s+/g, '')))
    .find((known) => known?.item === item)
  return { name, type: named?.type ?? item, item, nullable }
}

function ownOf(properties: TypeDefinition['properties'], name: string): readonly string[] {
  return (Object.hasOwn(properties, name) ? properties[name] : undefined) ?? []
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 100))
}
