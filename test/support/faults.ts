import type { FixtureFault } from '../../src/fixture-format/fault-format.ts'
import { formatProblem } from '../../src/fixture-format/fixture-problem.ts'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import type { Fault } from '../../src/rules/fault.ts'
import { FIXTURE_CONTEXT } from './server.ts'

/** Reads faults as a fixture does. Throws if one is invalid. */
export function faultsOf(...texts: readonly FixtureFault[]): readonly Fault[] {
  const { faults, problems } = loadFixtures([{ faults: [...texts] }], FIXTURE_CONTEXT)
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join('\n'))
  return faults
}
