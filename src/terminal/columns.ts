import { fitText, widthOf } from './fit-text.ts'
import type { Paint, Style } from './style.ts'

/** A column of a table. */
export interface Column {
  readonly title: string
  readonly align?: 'right'
  /** The least width in cells, also if all texts are shorter. */
  readonly min?: number
  /** The largest width in cells; a longer text is cut. */
  readonly max?: number
  /** Whether it gets narrower, down to `min`, if the table does not fit. */
  readonly shrinks?: boolean
}

/** A text of a table; it may be any text. */
export interface Cell {
  readonly text: string
  readonly style?: Style | undefined
}

/** The rows of a table, each with a cell for each column, or fewer. */
export type Rows = readonly (readonly Cell[])[]

/** The place of a table. */
export interface TablePlace {
  /** The longest line in cells. */
  readonly width: number
  readonly paint: Paint
}

/** The cells between two columns. */
const GAP = '  '

/** The text where a row has none. */
const NOTHING: Cell = { text: '' }

/** The least width of a column that shrinks, in cells. */
const MIN_SHRUNK = 6

/** The lines of a table with its titles. No line is longer than the width. */
export function renderTable(columns: readonly Column[], rows: Rows, place: TablePlace): string[] {
  const titles = columns.map(({ title }): Cell => ({ text: title, style: 'dim' }))
  return renderRows(columns, [titles, ...rows], place)
}

/** The lines of rows without the titles, which count for the widths. */
export function renderRows(columns: readonly Column[], rows: Rows, place: TablePlace): string[] {
  const laid = layOut(columns, rows, place.width)
  return rows.map((cells) => {
    const parts: string[] = []
    let left = place.width
    for (const [index, { column, width: wanted }] of laid.entries()) {
      const width = Math.min(wanted, left)
      if (width <= 0) break
      left -= width + GAP.length
      parts.push(renderCell(cells[index] ?? NOTHING, { column, width, paint: place.paint }))
    }
    return parts.join(GAP).trimEnd()
  })
}

function renderCell(
  { text, style }: Cell,
  { column, width, paint }: { readonly column: Column; readonly width: number; paint: Paint },
): string {
  const fitting = fitText(text, width)
  const padding = ' '.repeat(width - widthOf(fitting))
  const shown = paint(fitting, style)
  return column.align === 'right' ? padding + shown : shown + padding
}

/** A column with its width in cells. */
interface LaidColumn {
  readonly column: Column
  width: number
}

/** The widths of columns: of their longest texts, less where the table would be too wide. */
function layOut(columns: readonly Column[], rows: Rows, maxWidth: number): LaidColumn[] {
  const laid = columns.map((column, index): LaidColumn => {
    const { title, min = 0, max = maxWidth } = column
    const longest = rows.map((cells) => widthOf(fitText((cells[index] ?? NOTHING).text, max)))
    return { column, width: Math.max(widthOf(title), min, ...longest) }
  })
  const gaps = GAP.length * (columns.length - 1)
  let excess = laid.reduce((sum, { width }) => sum + width, gaps) - maxWidth
  for (; excess > 0; excess -= 1) {
    const [widest] = laid.filter(canShrink).sort((left, right) => right.width - left.width)
    if (widest === undefined) break
    widest.width -= 1
  }
  return laid
}

function canShrink({ column: { shrinks = false, min = MIN_SHRUNK }, width }: LaidColumn): boolean {
  return shrinks && width > min
}
