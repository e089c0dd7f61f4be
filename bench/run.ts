import { measureColdStart } from './cold-start.ts'
import { measureFaultsAtScale } from './faults-at-scale.ts'
import { renderTable } from './figure.ts'
import { measureFrozenSuite } from './frozen-suite.ts'
import { measureJobsAtScale } from './jobs-at-scale.ts'
import { measureJournalAndScopes } from './journal-and-scopes.ts'
import { measureMemorySoak } from './memory-soak.ts'
import { measureRowsAtScale } from './rows-at-scale.ts'
import { measureRulesAtScale } from './rules-at-scale.ts'
import { measureThroughput } from './throughput.ts'

// One after another: simultaneous measurements would disturb each other.
const figures = [
  ...(await measureThroughput()),
  ...(await measureJournalAndScopes()),
  ...(await measureFaultsAtScale()),
  ...(await measureMemorySoak()),
  ...(await measureFrozenSuite()),
  ...(await measureColdStart()),
  ...(await measureJobsAtScale()),
  ...(await measureRulesAtScale()),
  ...(await measureRowsAtScale()),
]
process.stdout.write(`${renderTable(figures)}\n`)
