import { type JsonProblem, MAX_PROBLEMS, type Reading } from '../documents/reading.ts'
import type { FixtureFault } from '../fixture-format/fault-format.ts'
import type { FixtureJob, FixtureRule, FixtureTable } from '../fixture-format/fixture-format.ts'
import { type DefinedNames, findNames, type KnownNames } from '../fixture-format/known-names.ts'
import { type NamedList, readContent } from '../fixtures/read-content.ts'
import { readFault } from '../fixtures/read-fault.ts'
import { readJob } from '../fixtures/read-job.ts'
import { readRule } from '../fixtures/read-rule.ts'
import { type LoadedTable, readTable } from '../fixtures/read-table.ts'
import type { JobDefinition } from '../jobs/job.ts'
import type { Fault } from '../rules/fault.ts'
import { findFirstShadowed } from '../rules/find-shadowed.ts'
import type { Rule } from '../rules/rule.ts'
import type { RingSeed } from '../scope/ring.ts'
import type { TimelineEntry } from '../scope/timeline.ts'
import { toJson } from './check-input.ts'
import type { ScopeContext } from './control-context.ts'
import { type InputUse, refuseInput } from './control-error.ts'

/** The content of a fixture document. */
export interface GivenFixtures {
  readonly jobs: readonly JobDefinition[]
  readonly rules: readonly Rule[]
  readonly faults: readonly Fault[]
  readonly tables: readonly LoadedTable[]
  /** Undefined: it has none. */
  readonly ring: RingSeed | undefined
  readonly timeline: readonly TimelineEntry[]
}

/**
 * The names to which a document for a scope may refer: its own, and those of the scope, which is only
 * looked up when there is a reference.
 */
export function knownNames(
  { scope }: Pick<ScopeContext, 'scope'>,
  own: DefinedNames = NO_NAMES,
): KnownNames {
  let faults: ReadonlySet<string> | undefined
  return {
    get clusters() {
      return own.clusters ?? scope().ring.clusters.map(({ name }) => name)
    },
    get faults() {
      if (faults) return faults
      const present = scope().faults.list()
      faults = new Set([...own.faults, ...present.map(({ fault }) => fault.name)])
      return faults
    },
  }
}

const NO_NAMES: DefinedNames = { clusters: undefined, faults: [] }

/**
 * Checks and reads a fixture document like a file. `nameOf` names rules and faults without a
 * name.
 *
 * @throws ControlError with every problem.
 */
export function readFixtures(
  document: unknown,
  context: ScopeContext & { readonly nameOf: (list: NamedList, index: number) => string },
): GivenFixtures {
  const use = { action: 'load the fixtures', code: 'BAD_FIXTURES' } as const
  const json = toJson(document, use)
  const known = knownNames(context, findNames(json))
  const content = readContent(json, { ...context, known, placeOf: context.nameOf })
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
    ring: content.ring,
    timeline: content.timeline,
  }
}

/** Reads a job whose shape has been checked. Throws ControlError with every problem. */
export function readOneJob(
  job: FixtureJob,
  context: ScopeContext & { readonly action: string },
): JobDefinition {
  return accept(readJob(job, { ...context, known: knownNames(context) }), context)
}

/**
 * Reads a rule whose shape has been checked. `place` names it if it has no name.
 *
 * @throws ControlError with every problem.
 */
export function readOneRule(
  rule: FixtureRule,
  context: ScopeContext & { readonly action: string; readonly place: string },
): Rule {
  const name = rule.name ?? context.place
  return accept(readRule(rule, { ...context, name, known: knownNames(context) }), context)
}

/** As readOneRule, of a fault. */
export function readOneFault(
  fault: FixtureFault,
  context: ScopeContext & { readonly action: string; readonly place: string },
): Fault {
  const name = fault.name ?? context.place
  return accept(readFault(fault, { ...context, name, known: knownNames(context) }), context)
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
