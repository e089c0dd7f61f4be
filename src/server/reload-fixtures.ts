import type { FastifyBaseLogger } from 'fastify'
import { formatProblem } from '../fixtures/fixture-problem.ts'
import { FixtureError, type FixtureSource, loadFixtures } from '../fixtures/load-fixtures.ts'
import type { FixtureContext } from '../fixtures/read-job.ts'
import { JobError } from '../jobs/job-error.ts'
import type { ScopeTable } from '../scope/scope-table.ts'
import type { ScopeSources } from './scope-sources.ts'

/** What fixtures are read from again, and what they are put into. */
export interface ReloadContext extends FixtureContext {
  readonly fixtures: readonly FixtureSource[]
  readonly scopes: ScopeTable
  readonly sources: ScopeSources
}

/**
 * Puts the rules that the files hold now in place of those before, and creates jobs that are new in
 * them, in every scope; jobs that run go on, and rules of tests stay.
 *
 * @throws FixtureError where a file is wrong, and all stays as it was.
 */
export function reloadFixtures(context: ReloadContext): { readonly rules: number } {
  const { seeds, rules, problems, absent } = loadFixtures(context.fixtures, context)
  // A folder that is replaced is not there for a moment.
  const missing = absent.map((file) => ({ file, message: 'this is not there' }))
  if (problems.length + missing.length > 0) throw new FixtureError([...missing, ...problems])
  context.sources.replaceSeeds({ seeds, rules })
  for (const scope of context.scopes.list()) {
    scope.addMissingSeeds(seeds)
    scope.rules.replaceFixtures(rules)
  }
  return { rules: rules.length }
}

/** As reloadFixtures, but never throws: the log says how it went. */
export function reloadToLog(context: ReloadContext, log: FastifyBaseLogger): void {
  try {
    const { rules } = reloadFixtures(context)
    log.info(`reloaded the fixtures: ${rules} rules`)
  } catch (error) {
    if (!(error instanceof FixtureError || error instanceof JobError)) throw error
    const problems = error instanceof FixtureError ? error.problems.map(formatProblem) : []
    log.error([`Cannot reload the fixtures: ${error.message}`, ...problems].join('\n'))
  }
}
