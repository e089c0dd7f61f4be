import { writeFileSync } from 'node:fs'
import type { AbsentClient, Client, Row } from './client.ts'
import { renderCompatibility } from './compatibility.ts'
import { go } from './go.ts'
import { java } from './java.ts'
import { browser, node } from './javascript.ts'
import { markKnownBroken, readKnownBroken } from './known-broken.ts'
import { renderAbsent, renderDetails, renderMatrix, renderSummary } from './matrix.ts'
import { prepareClient } from './prepare-client.ts'
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
const results: Row[] = []
for (const client of clients) {
  results.push(...(await runClient(client, { cases, startMock, folder: '.clients' })))
}
const rows = markKnownBroken(results, knownBroken)
writeFileSync(
  'docs/compatibility.md',
  renderCompatibility({ clients, absent: ABSENT, cases, rows }),
)
for (const part of [renderMatrix(rows), renderDetails(rows), renderAbsent(ABSENT)]) {
  process.stdout.write(part)
}
process.stdout.write(`\n${renderSummary(rows)}`)
process.exitCode = rows.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0
