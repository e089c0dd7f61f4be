import { didYouMean } from '../documents/did-you-mean.ts'
import {
  describeJson,
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../documents/json-value.ts'
import { type JsonProblem, MAX_PROBLEMS, type Reading, unless } from '../documents/reading.ts'
import type { Cell, Column, Row, RowSet } from '../jobs/result.ts'
import { isTemplate, readCell } from './cell.ts'

/** The maximum number of rows of a result or a table. */
export const MAX_ROWS = 1_000_000

/** How cells are read. */
export interface CellForm {
  /** Whether strings with `{{` are templates, which are checked when they are filled. */
  readonly templates: 'filled' | 'kept'
}

/** Reads rows that are lists, or objects by the names of columns. Paths of problems name the cell. */
export function readRows(
  texts: readonly JsonValue[],
  columns: readonly Column[],
  form: CellForm,
): Reading<RowSet> {
  const message = tooManyRows(texts.length)
  if (message !== undefined) return { problems: [{ path: [], part: 'value', message }] }
  const reader = new RowReader(columns, form)
  const rows: Row[] = []
  for (const [index, text] of texts.entries()) {
    rows.push(reader.read(text, index))
    if (reader.problems.length >= MAX_PROBLEMS) break
  }
  return unless(reader.problems, { columns, rows, hasTemplates: reader.hasTemplates })
}

/** What is wrong with a number of rows; undefined if it is not too large. */
export function tooManyRows(count: number): string | undefined {
  return count > MAX_ROWS ? `there are ${count} rows, the maximum is ${MAX_ROWS}` : undefined
}

class RowReader {
  readonly problems: JsonProblem[] = []
  hasTemplates = false
  readonly #columns: readonly Column[]
  readonly #names: readonly string[]
  readonly #known: ReadonlySet<string>
  readonly #form: CellForm
  #row = 0

  constructor(columns: readonly Column[], form: CellForm) {
    this.#columns = columns
    this.#names = columns.map(({ name }) => name)
    this.#known = new Set(this.#names)
    this.#form = form
  }

  read(text: JsonValue, index: number): Row {
    this.#row = index
    if (isJsonList(text)) return this.#list(text)
    if (isJsonObject(text)) return this.#object(text)
    this.#report([], `expected a list of cells or an object, got ${describeJson(text)}`)
    return []
  }

  #list(cells: readonly JsonValue[]): Row {
    const { length } = this.#columns
    if (cells.length === length) return cells.map((cell, index) => this.#cell(cell, index, index))
    const expected = `expected ${length} ${length === 1 ? 'cell' : 'cells'}`
    this.#report([], `${expected} (${this.#names.join(', ').slice(0, 200)}), got ${cells.length}`)
    return []
  }

  #object(cells: JsonObject): Row {
    if (this.#known.size < this.#names.length) {
      this.#report([], 'two columns have one name: write the row as a list')
      return []
    }
    for (const key of Object.keys(cells)) {
      if (this.#known.has(key)) continue
      this.#report([key], `there is no such column${didYouMean(key, this.#names)}`, 'key')
    }
    return this.#columns.map(({ name, nullable }, index) => {
      if (Object.hasOwn(cells, name)) return this.#cell(cells[name] ?? null, name, index)
      if (!nullable) this.#report([], `the column ${name} is missing`)
      return null
    })
  }

  #cell(value: JsonValue, key: string | number, index: number): Cell {
    if (this.#form.templates === 'filled' && isTemplate(value)) {
      this.hasTemplates = true
      return value
    }
    const column = this.#columns[index]
    /* c8 ignore next -- there are as many cells as columns */
    if (column === undefined) return null
    const reading = readCell(column, value)
    if ('cell' in reading) return reading.cell
    this.#report([key], reading.problem)
    return null
  }

  #report(path: readonly (string | number)[], message: string, part: 'key' | 'value' = 'value') {
    if (this.problems.length >= MAX_PROBLEMS) return
    this.problems.push({ path: [this.#row, ...path], part, message })
  }
}
