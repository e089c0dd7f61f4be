import type { Row } from './run-client.ts'

/** How many rows with one reason are named. */
const MAX_HEADS = 3

/** The rows as a table, a line for each case and a column for each client and encoding. */
export function renderMatrix(rows: readonly Row[]): string {
  const runs = unique(rows.map(runOf))
  const names = unique(rows.map(({ name }) => name))
  const cells = names.map((name) => [
    name,
    ...runs.map((run) => {
      return rows.find((row) => row.name === name && runOf(row) === run)?.verdict ?? ''
    }),
  ])
  const table = [['', ...runs], ...cells]
  const widths = ['', ...runs].map((_, column) => {
    return Math.max(...table.map((line) => line[column]?.length ?? 0))
  })
  const lines = table.map((line) =>
    line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '),
  )
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}

/** Why rows are no pass; rows of one client with one reason are told together. */
export function renderDetails(rows: readonly Row[]): string {
  const groups = new Map<string, Row[]>()
  for (const row of rows.filter(({ verdict }) => verdict !== 'pass')) {
    const key = JSON.stringify([row.client, row.verdict, row.detail])
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return Array.from(groups.values(), renderGroup).join('')
}

/** The counts, in one line that scripts read. */
export function renderSummary(rows: readonly Row[]): string {
  const count = (verdict: Row['verdict']) => rows.filter((row) => row.verdict === verdict).length
  return `clients: ${count('pass')} pass, ${count('FAIL')} FAIL, ${count('not run')} not run\n`
}

function renderGroup(rows: readonly Row[]): string {
  const heads = rows.slice(0, MAX_HEADS)
  const lines = heads.map((row) => `${row.verdict}  ${runOf(row)}: ${row.name}\n`)
  const more = rows.length > MAX_HEADS ? `and ${rows.length - MAX_HEADS} more\n` : ''
  const detail = rows[0]?.detail.trimEnd().replaceAll('\n', '\n    ')
  return `\n${lines.join('')}${more}    ${detail}\n`
}

function runOf({ client, encoding }: Row): string {
  return `${client} ${encoding}`
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
