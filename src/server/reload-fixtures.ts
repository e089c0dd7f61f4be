import type { FastifyBaseLogger } from 'fastify'
import { formatProblem } from '../fixtures/fixture-problem.ts'
import { loadFixtures } from '../fixtures/load-fixtures.ts'
import type { FixtureContext } from '../fixtures/read-job.ts'
import { JobError } from '../jobs/job-error.ts'
import type { Scope } from '../scope/scope.ts'

/** What fixtures are read from again, and where it is said how that went. */
export interface ReloadContext extends FixtureContext {
  readonly fixtures: readonly string[]
  readonly log: FastifyBaseLogger
}

/**
 * Puts the rules that the files hold now in place of those before, and creates jobs that are new in
 * them; jobs that run go on. Where a file is wrong, all stays as it was, and the log says why.
 */
export function reloadFixtures(scope: Scope, context: ReloadContext): void {
  const { seeds, rules, problems, absent } = loadFixtures(context.fixtures, context)
  // A folder that is replaced is not there for a moment.
  const missing = absent.map((file) => ({ file, message: 'this is not there' }))
  if (problems.length + missing.length > 0) {
    const all = [...missing, ...problems].map(formatProblem).join('\n')
    context.log.error(`Cannot reload the fixtures, the old ones stay:\n${all}`)
    return
  }
  try {
    scope.addMissingSeeds(seeds)
    scope.replaceRules(rules)
    context.log.info(`reloaded the fixtures: ${scope.rules.size} rules`)
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    context.log.error(error.message)
  }
}
