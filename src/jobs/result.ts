import type { ResultEncoding } from './encoding.ts'
import type { JobRecord } from './job.ts'

/** The response of an endpoint, as a job or a rule defines it. */
export type Result = FieldsResult | RowsResult | RawResult

/** Fields of the response record. A missing one echoes the request's field, or is zero. */
export interface FieldsResult {
  readonly kind: 'fields'
  readonly fields: JobRecord
}

/** Rows of which a response returns a page, in the form that the endpoint and the request want. */
export interface RowsResult {
  readonly kind: 'rows'
  readonly set: RowSet
  /** Further fields of the response record, as in FieldsResult. */
  readonly fields: JobRecord
}

/** Columns and rows: the result of a query, or the content of a table. */
export interface RowSet {
  readonly columns: readonly Column[]
  /** Each has one cell for each column. */
  readonly rows: readonly Row[]
  /** Whether a cell holds a template, so that the rows are rendered for each request. */
  readonly hasTemplates: boolean
}

/** A column of a result or a table. */
export interface Column {
  readonly name: string
  /** The type as clients read it in `column_datatypes`, such as `decimal(18,4)`. */
  readonly type: string
  /** The form of its cells. */
  readonly item: CellKind
  readonly nullable: boolean
}

/** The forms of cells; they are the Avro types of the same names. */
export type CellKind = 'int' | 'long' | 'float' | 'double' | 'string' | 'bytes'

/** A cell: a number for int, float and double, a bigint for long; a template is a string in any. */
export type Cell = null | number | bigint | string | Buffer

/** The cells of a row, in the order of the columns. */
export type Row = readonly Cell[]

/** A payload that is sent unchecked: bytes instead of Avro, or a string instead of JSON. */
export interface RawResult {
  readonly kind: 'raw'
  readonly payload: Buffer | string
}

/** A result without fields: every field echoes the request, or is zero. */
export const ECHO: FieldsResult = { kind: 'fields', fields: {} }

/** The only encoding in which a result can be sent; undefined if it can be sent in any. */
export function soleEncoding(result: Result): ResultEncoding | undefined {
  switch (result.kind) {
    case 'fields':
    case 'rows':
      return undefined
    case 'raw':
      return typeof result.payload === 'string' ? 'json' : 'binary'
  }
}
