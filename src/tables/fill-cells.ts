import type { Cell, Column, RowSet } from '../jobs/result.ts'
import { readCellText } from './cell.ts'

/** A filled template is no cell of its column. */
export class CellError extends Error {
  constructor(place: string, problem: string) {
    super(`${place}: ${problem}`)
    this.name = 'CellError'
  }
}

/**
 * Reads the cells of rows whose templates were filled: in all columns they are texts yet.
 *
 * @throws CellError with the place of the first one that is invalid.
 */
export function readFilledCells(set: RowSet): RowSet {
  if (!set.hasTemplates) return set
  const { columns } = set
  const rows = set.rows.map((row, rowIndex) =>
    row.map((cell, index) => {
      const column = columns[index]
      if (typeof cell !== 'string' || column === undefined) return cell
      return readFilled(cell, { column, place: `rows[${rowIndex}][${index}]` })
    }),
  )
  return { columns, rows, hasTemplates: false }
}

function readFilled(text: string, { column, place }: { column: Column; place: string }): Cell {
  const reading = readCellText(column, text)
  if ('problem' in reading) throw new CellError(place, reading.problem)
  return reading.cell
}
