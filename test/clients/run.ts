import { writeFileSync } from 'node:fs'
import type { AbsentClient, Client, Row } from './client.ts'
import { renderCompatibility } from './compatibility.ts'
import { go } from './go.ts'
import { java } from './java.ts'
import { browser, node } from './javascript.ts'
import { markKnownBroken, readKnownBroken } from './known-broken.ts'
import { renderAbsent, renderDetails, renderMatrix, renderSummary } from './matrix.ts'
import { PACKAGES } from './packages/packages.ts'
import { type Prepared, prepareClient } from './prepare-client.ts'
import { killAllGroups } from './process-group.ts'
import { python } from './python.ts'
import { readCases } from './read-cases.ts'
import { runClient } from './run-client.ts'
import { startMock } from './start-mock.ts'

const CLIENTS: readonly Client[] = [python, java, node, browser]

const ABSENT: readonly AbsentClient[] = [
  go,
  {
    name: 'csharp',
    title: 'C#, the official `Kinetica`',
    reason: 'Its package is on NuGet, which was not available when the other runners were written.',
  },
  {
    name: 'cpp',
    title: 'C++, the official `gpudb-api-cpp`',
    reason: 'It is not in a package registry; it is built from its sources.',
  },
  {
    name: 'javascript',
    title: 'JavaScript, the official `@kinetica/gpudb`',
    reason: 'It is not in the npm registry.',
  },
]

process.once('exit', killAllGroups)
process.once('SIGINT', () => process.exit(1))
process.once('SIGTERM', () => process.exit(1))

const cases = readCases('test/clients/cases.json')
const knownBroken = readKnownBroken('test/clients/known-broken.json')
const clients = await Promise.all(CLIENTS.map(prepareClient))
// Together: the clients mostly wait, and installing takes the processor's time.
const [rows, packages] = await Promise.all([runAll(clients), prepareInTurn(PACKAGES)])
const packageRows = await runAll(packages)
writeFileSync(
  'docs/compatibility.md',
  renderCompatibility({ clients, absent: ABSENT, cases, rows, packages, packageRows }),
)
const everyRow = [...rows, ...packageRows]
process.stdout.write(renderMatrix(rows))
for (const { client } of packages) {
  const own = packageRows.filter((row) => row.client === client.name)
  process.stdout.write(`\n${renderMatrix(own)}`)
}
process.stdout.write(renderDetails(everyRow) + renderAbsent(ABSENT))
process.stdout.write(`\n${renderSummary(everyRow)}`)
process.exitCode = everyRow.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0

async function prepareInTurn(clients: readonly Client[]): Promise<Prepared[]> {
  const prepared: Prepared[] = []
  for (const one of clients) prepared.push(await prepareClient(one))
  return prepared
}

async function runAll(prepared: readonly Prepared[]): Promise<Row[]> {
  const results: Row[] = []
  for (const one of prepared) {
    results.push(...(await runClient(one, { cases, startMock, folder: '.clients' })))
  }
  return markKnownBroken(results, knownBroken)
}
