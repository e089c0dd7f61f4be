import { parseArgs } from 'node:util'
import { measureColdStart } from './cold-start.ts'
import { measureCreateJob } from './create-job.ts'
import { measureDistinctJobs } from './distinct-jobs.ts'
import { measureFaultsAtScale } from './faults-at-scale.ts'
import { COLUMNS, type Figure, renderTable } from './figure.ts'
import { measureFrozenSuite } from './frozen-suite.ts'
import { measureGetJob } from './get-job.ts'
import { measureJobsAtScale } from './jobs-at-scale.ts'
import { measureJournal, measureLog } from './journal-and-log.ts'
import { measureMemorySoak } from './memory-soak.ts'
import { measureRowsAsked, measureRowsLoaded } from './rows-at-scale.ts'
import { measureRulesAsked } from './rules-asked.ts'
import { measureRulesLoaded } from './rules-loaded.ts'
import { measureScopes } from './scopes.ts'

const SERVERS = { rounds: 15, turnMs: 600, warmUpMs: 2000 } as const
const CALLS = { rounds: 75, turnMs: 20 } as const
const LOADS = 5

/** The costs of the journal, of scopes and of faults are within the noise of few rounds. */
const MANY_ROUNDS = { ...SERVERS, rounds: 40 } as const

const QUICK_SERVERS = { rounds: 7, turnMs: 120, warmUpMs: 300 } as const
const QUICK_CALLS = { rounds: 25, turnMs: 10 } as const

// One after another: simultaneous measurements would disturb each other.

async function measureAll(): Promise<Figure[]> {
  return [
    ...(await measureGetJob(SERVERS)),
    ...(await measureDistinctJobs(SERVERS)),
    ...(await measureCreateJob(SERVERS)),
    ...(await measureJournal(MANY_ROUNDS)),
    ...(await measureLog(SERVERS)),
    ...(await measureScopes(MANY_ROUNDS)),
    ...(await measureFaultsAtScale(MANY_ROUNDS)),
    ...(await measureMemorySoak()),
    ...(await measureFrozenSuite()),
    ...(await measureColdStart()),
    ...(await measureJobsAtScale()),
    ...measureRulesAsked(CALLS),
    ...measureRulesLoaded(LOADS),
    ...measureRowsAsked(CALLS),
    ...measureRowsLoaded(LOADS),
  ]
}

async function measureQuickly(): Promise<Figure[]> {
  return [
    ...(await measureGetJob(QUICK_SERVERS)),
    ...(await measureDistinctJobs(QUICK_SERVERS)),
    ...(await measureCreateJob(QUICK_SERVERS)),
    ...(await measureJournal(QUICK_SERVERS)),
    ...measureRulesAsked(QUICK_CALLS),
    ...measureRulesLoaded(1),
  ]
}

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values
const table = quick
  ? renderTable(await measureQuickly(), COLUMNS.plain)
  : renderTable(await measureAll())
process.stdout.write(`${table}\n`)
