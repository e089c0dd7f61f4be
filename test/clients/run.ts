import type { Client } from './client.ts'
import { renderDetails, renderMatrix, renderSummary } from './matrix.ts'
import { killAllGroups } from './process-group.ts'
import { python } from './python.ts'
import { type Row, runClient } from './run-client.ts'
import { startMock } from './start-mock.ts'

const CLIENTS: readonly Client[] = [python]

process.once('exit', killAllGroups)
process.once('SIGINT', () => process.exit(1))
process.once('SIGTERM', () => process.exit(1))

const rows: Row[] = []
for (const client of CLIENTS) rows.push(...(await runClient(client, { startMock })))
process.stdout.write(`${renderMatrix(rows)}${renderDetails(rows)}\n${renderSummary(rows)}`)
process.exitCode = rows.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0
