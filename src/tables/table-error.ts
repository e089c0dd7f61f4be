/** The reason why the tables of a scope reject an operation. */
export type TableErrorCode =
  | 'TABLE_NOT_FOUND'
  | 'TABLE_EXISTS'
  | 'TOO_MANY_TABLES'
  | 'TOO_MANY_ROWS'
  | 'TOO_MANY_TABLE_BYTES'

/** A rejected operation on tables. The message names the action and the reason. */
export class TableError extends Error {
  readonly code: TableErrorCode

  constructor(code: TableErrorCode, message: string) {
    super(message)
    this.name = 'TableError'
    this.code = code
  }
}
