import { type AbsentClient, type Row, VERDICTS } from './client.ts'

/** The maximum number of named rows with the same reason. */
const MAX_HEADS = 3

/** Renders a table with a line for each case and a column for each client and encoding. */
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

/** The cells of the matrix. The first line has the runs, the first cell of a line the case. */
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

/** Renders the reasons of rows that do not pass; rows of a client with the same reason together. */
export function renderDetails(rows: readonly Row[]): string {
  return groupByReason(rows).map(renderGroup).join('')
}

/** The rows that do not pass, grouped by client, verdict and reason. */
export function groupByReason(rows: readonly Row[]): Row[][] {
  const groups = new Map<string, Row[]>()
  for (const row of rows.filter(({ verdict }) => verdict !== 'pass')) {
    const key = JSON.stringify([row.client, row.verdict, row.detail])
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()]
}

/** Renders the clients that cannot be run, with the reasons. */
export function renderAbsent(absent: readonly AbsentClient[]): string {
  return absent.map(({ name, reason }) => `\nnot run  ${name}\n    ${reason}\n`).join('')
}

/** The counts in one line, which scripts parse. */
export function renderSummary(rows: readonly Row[]): string {
  return `clients: ${renderCounts(rows)}\n`
}

/** Such as `3 pass, 0 FAIL, 0 known broken, 1 n/a, 0 not run`. */
export function renderCounts(rows: readonly Row[]): string {
  return VERDICTS.map((verdict) => {
    return `${rows.filter((row) => row.verdict === verdict).length} ${verdict}`
  }).join(', ')
}

/** The head of a column, such as `python BINARY`. */
export function runOf({ client, encoding }: Pick<Row, 'client' | 'encoding'>): string {
  return `${client} ${encoding}`
}

/** The distinct texts, in order of their first occurrence. */
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
