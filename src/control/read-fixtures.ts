import { type JsonProblem, MAX_PROBLEMS, type Reading } from '../documents/reading.ts'
import type { FixtureFault } from '../fixtures/fault-format.ts'
import type { FixtureJob, FixtureRule, FixtureTable } from '../fixtures/fixture-format.ts'
import { type NamedList, readContent } from '../fixtures/read-content.ts'
import { readFault } from '../fixtures/read-fault.ts'
import { type FixtureContext, readJob } from '../fixtures/read-job.ts'
import { readRule } from '../fixtures/read-rule.ts'
import { type LoadedTable, readTable } from '../fixtures/read-table.ts'
import type { JobDefinition } from '../jobs/job.ts'
import type { Fault } from '../rules/fault.ts'
import { findFirstShadowed } from '../rules/find-shadowed.ts'
import type { Rule } from '../rules/rule.ts'
import { toJson } from './check-input.ts'
import { type InputUse, refuseInput } from './control-error.ts'

/** The content of a fixture document. */
export interface GivenFixtures {
  readonly jobs: readonly JobDefinition[]
  readonly rules: readonly Rule[]
  readonly faults: readonly Fault[]
  readonly tables: readonly LoadedTable[]
}

/**
 * Checks and reads a fixture document like a file. `nameOf` names rules and faults without a
 * name.
 *
 * @throws ControlError with every problem.
 */
export function readFixtures(
  document: unknown,
  context: FixtureContext & { readonly nameOf: (list: NamedList, index: number) => string },
): GivenFixtures {
  const use = { action: 'load the fixtures', code: 'BAD_FIXTURES' } as const
  const content = readContent(toJson(document, use), { ...context, placeOf: context.nameOf })
  const problems = [
    ...content.problems,
    ...findDead(content.rules, context.ownEndpoints),
    ...findRepeated(content.tables),
  ]
  if (problems.length > 0) throw refuseInput(problems, use)
  return {
    jobs: content.jobs.map(([, definition]) => definition),
    rules: content.rules.map(([, rule]) => rule),
    faults: content.faults.map(([, fault]) => fault),
    tables: content.tables.map(([, table]) => table),
  }
}

/** Reads a job whose shape has been checked. Throws ControlError with every problem. */
export function readOneJob(
  job: FixtureJob,
  context: FixtureContext & { readonly action: string },
): JobDefinition {
  return accept(readJob(job, context), context)
}

/**
 * Reads a rule whose shape has been checked. `place` names it if it has no name.
 *
 * @throws ControlError with every problem.
 */
export function readOneRule(
  rule: FixtureRule,
  context: FixtureContext & { readonly action: string; readonly place: string },
): Rule {
  return accept(readRule(rule, { ...context, name: rule.name ?? context.place }), context)
}

/** As readOneRule, of a fault. */
export function readOneFault(
  fault: FixtureFault,
  context: FixtureContext & { readonly action: string; readonly place: string },
): Fault {
  return accept(readFault(fault, { ...context, name: fault.name ?? context.place }), context)
}

/** Reads a table whose shape has been checked. Throws ControlError with every problem. */
export function readOneTable(table: FixtureTable, context: Pick<InputUse, 'action'>): LoadedTable {
  return accept(readTable(table, {}), context)
}

/** The value of a reading. Throws ControlError with every problem. */
function accept<Value>(reading: Reading<Value>, { action }: Pick<InputUse, 'action'>): Value {
  if ('value' in reading) return reading.value
  throw refuseInput(reading.problems, { action, code: 'BAD_FIXTURES' })
}

/** Finds names that two tables share. */
function findRepeated(tables: readonly (readonly [number, LoadedTable])[]): JsonProblem[] {
  const owners = new Map<string, number>()
  return tables.flatMap(([index, { name }]) => {
    const owner = owners.get(name)
    owners.set(name, owner ?? index)
    if (owner === undefined) return []
    const message = `the name ${name} is taken by the table at tables[${owner}]`
    return [{ path: ['tables', index, 'name'], part: 'value' as const, message }]
  })
}

/** Finds rules that can never answer. */
function findDead(
  rules: readonly (readonly [number, Rule])[],
  ownEndpoints: ReadonlySet<string>,
): JsonProblem[] {
  const places = new Map(rules.map(([index, rule]) => [rule, index]))
  const shadowed = findFirstShadowed([...places.keys()], { ownEndpoints, max: MAX_PROBLEMS })
  return shadowed.map(({ rule, by }) => {
    const message = `this rule never answers: the one at rules[${places.get(by)}] does`
    return { path: ['rules', Number(places.get(rule))], part: 'value', message }
  })
}
