/** Columns of several types. */
const COLUMNS = [
  'id int',
  'customer string',
  'total decimal(18,4)',
  'at timestamp',
  'note char16?',
  'weight double',
  'serial long',
  'code char4',
  'day date',
  'rank int8',
]

const NAMES = COLUMNS.map((column) => column.split(' ')[0])

/** Rows of the columns. */
export type Rows = readonly (readonly (string | number)[])[]

/** Rows whose null is the empty text, as in CSV. */
export function rowsOf(count: number): Rows {
  return Array.from({ length: count }, (_, id) => {
    const note = id % 3 === 0 ? '' : 'first'
    const at = 1_700_000_000_000 + id
    return [id, `customer ${id}`, '12.3400', at, note, id / 8, id, 'abc', '2026-01-31', id % 100]
  })
}

/** A YAML file with a rule for /execute/sql that has the rows. */
export function rowsYaml(rows: Rows): string {
  return ruleText(`rows:\n${rows.map((row) => `    - ${JSON.stringify(row)}`).join('\n')}`)
}

/** The same as a JSON file. */
export function rowsJson(rows: Rows): string {
  const when = { endpoint: '/execute/sql' }
  return JSON.stringify({ rules: [{ when, then: { columns: COLUMNS, rows } }] })
}

/** A YAML file with a rule whose rows are in a CSV file. */
export function rowsFileYaml(csv: string): string {
  return ruleText(`rows_file: ${csv}`)
}

/** The rows as a CSV file. */
export function rowsCsv(rows: Rows): string {
  return [NAMES, ...rows].map((row) => row.join()).join('\n')
}

function ruleText(then: string): string {
  return `rules:\n- when: { endpoint: /execute/sql }\n  then:\n    columns: ${JSON.stringify(COLUMNS)}\n    ${then}\n`
}
