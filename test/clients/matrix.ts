import { type AbsentClient, type Row, VERDICTS } from './client.ts'

/** How many rows with one reason are named. */
const MAX_HEADS = 3

/** The rows as a table, a line for each case and a column for each client and encoding. */
export function renderMatrix(rows: readonly Row[]): string {
  const table = tableOf(rows)
  const widths = table[0]?.map((_, column) => {
    return Math.max(...table.map((line) => line[column]?.length ?? 0))
  })
  const lines = table.map((line) =>
    line.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join('  '),
  )
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}

/** The cells of the matrix; the first line names the runs, the first cell of a line the case. */
export function tableOf(rows: readonly Row[]): string[][] {
  const runs = unique(rows.map(runOf))
  const names = unique(rows.map(({ name }) => name))
  const cells = names.map((name) => [
    name,
    ...runs.map((run) => {
      return rows.find((row) => row.name === name && runOf(row) === run)?.verdict ?? ''
    }),
  ])
  return [['', ...runs], ...cells]
}

/** Why rows are no pass; rows of one client with one reason are told together. */
export function renderDetails(rows: readonly Row[]): string {
  return groupByReason(rows).map(renderGroup).join('')
}

/** The rows that are no pass, those of one client with one verdict and one reason together. */
export function groupByReason(rows: readonly Row[]): Row[][] {
  const groups = new Map<string, Row[]>()
  for (const row of rows.filter(({ verdict }) => verdict !== 'pass')) {
    const key = JSON.stringify([row.client, row.verdict, row.detail])
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()]
}

/** The clients that cannot be run at all, and why. */
export function renderAbsent(absent: readonly AbsentClient[]): string {
  return absent.map(({ name, reason }) => `\nnot run  ${name}\n    ${reason}\n`).join('')
}

/** The counts, in one line that scripts read. */
export function renderSummary(rows: readonly Row[]): string {
  return `clients: ${renderCounts(rows)}\n`
}

/** Such as `3 pass, 0 FAIL, 0 known broken, 1 n/a, 0 not run`. */
export function renderCounts(rows: readonly Row[]): string {
  return VERDICTS.map((verdict) => {
    return `${rows.filter((row) => row.verdict === verdict).length} ${verdict}`
  }).join(', ')
}

/** The head of a run's column. */
export function runOf({ client, encoding }: Pick<Row, 'client' | 'encoding'>): string {
  return `${client} ${encoding}`
}

/** Each text once, in the order in which they first come. */
export function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

function renderGroup(rows: readonly Row[]): string {
  const heads = rows.slice(0, MAX_HEADS)
  const lines = heads.map((row) => `${row.verdict}  ${runOf(row)}: ${row.name}\n`)
  const more = rows.length > MAX_HEADS ? `and ${rows.length - MAX_HEADS} more\n` : ''
  const detail = rows[0]?.detail.trimEnd().replaceAll('\n', '\n    ')
  return `\n${lines.join('')}${more}    ${detail}\n`
}
