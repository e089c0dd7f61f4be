import type { Case } from './case-file.ts'
import type { AbsentClient, Row } from './client.ts'
import { groupByReason, renderCounts, runOf, tableOf, unique } from './matrix.ts'
import type { Prepared } from './prepare-client.ts'

/** What the page is made of. */
export interface Compatibility {
  readonly clients: readonly Prepared[]
  readonly absent: readonly AbsentClient[]
  readonly cases: readonly Case[]
  readonly rows: readonly Row[]
}

const INTRODUCTION = `# Compatibility

\`npm run test:clients\` wrote this page: it installs the clients, puts each through the cases of
\`test/clients/cases.json\` against the built mock, in each of its encodings, and tells what came of
it.

- \`pass\`: the client did all that the case asks for.
- \`FAIL\`: it did not.
- \`known broken\`: it did not, for a reason that is the client's.
- \`n/a\`: the client has no way to do it.
- \`not run\`: the client, or what it needs, could not be had.
`

/** The page of what works with which client; the same rows give the same page. */
export function renderCompatibility({ clients, absent, cases, rows }: Compatibility): string {
  const titles = new Map(cases.map(({ id, title }) => [id, title]))
  const [head = [], ...lines] = tableOf(rows)
  const matrix = lines.map(([name = '', ...cells]) => [
    `\`${name}\``,
    titles.get(name) ?? 'client and mocks end as they should',
    ...cells,
  ])
  const table = [['case', 'what it holds', ...head.slice(1)], ...matrix]
  return [
    `${INTRODUCTION}\n## Clients\n\n`,
    renderTable([['client', 'version', 'encoding', 'results'], ...clientLines(clients, rows)]),
    ...absent.map(({ title, reason }) => `\n${title}: not run. ${reason}\n`),
    `\n## Cases\n\n${renderTable(table)}`,
    renderReasons(rows),
  ].join('')
}

function clientLines(clients: readonly Prepared[], rows: readonly Row[]): string[][] {
  return clients.flatMap((prepared) => {
    const { name, title, encodings } = prepared.client
    const version = 'version' in prepared ? prepared.version : ''
    return encodings.map((encoding) => {
      const own = rows.filter((row) => row.client === name && row.encoding === encoding)
      return [title, version, encoding, renderCounts(own)]
    })
  })
}

/** Why rows are no pass. What a failure says changes with the machine, and is left out. */
function renderReasons(rows: readonly Row[]): string {
  const groups = groupByReason(rows.filter(({ verdict }) => verdict !== 'FAIL'))
  if (groups.length === 0) return ''
  const lines = groups.map((group) => {
    const [{ verdict, detail } = { verdict: '', detail: '' }] = group
    const runs = unique(group.map(runOf)).join(', ')
    const names = unique(group.map(({ name }) => `\`${name}\``))
    const which = verdict === 'not run' ? '' : `: ${names.join(', ')}`
    return `- ${verdict}, ${runs}${which}: ${detail.split('\n')[0]}\n`
  })
  return `\n## Reasons\n\n${lines.join('')}`
}

function renderTable([head = [], ...lines]: readonly (readonly string[])[]): string {
  const rule = head.map(() => '---')
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}
