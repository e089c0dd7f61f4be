import { type JsonProblem, MAX_PROBLEMS } from '../documents/reading.ts'
import type { FixtureJob, FixtureRule } from '../fixtures/fixture-format.ts'
import { readContent } from '../fixtures/read-content.ts'
import { type FixtureContext, readJob } from '../fixtures/read-job.ts'
import { readRule } from '../fixtures/read-rule.ts'
import type { JobDefinition } from '../jobs/job.ts'
import { findFirstShadowed } from '../rules/find-shadowed.ts'
import type { Rule } from '../rules/rule.ts'
import { toJson } from './check-input.ts'
import { refuseInput } from './control-error.ts'

/** The content of a fixture document. */
export interface GivenFixtures {
  readonly jobs: readonly JobDefinition[]
  readonly rules: readonly Rule[]
}

/**
 * Checks and reads a fixture document like a file. `nameOf` names rules that have no name.
 *
 * @throws ControlError with every problem.
 */
export function readFixtures(
  document: unknown,
  context: FixtureContext & { readonly nameOf: (index: number) => string },
): GivenFixtures {
  const use = { action: 'load the fixtures', code: 'BAD_FIXTURES' } as const
  const content = readContent(toJson(document, use), { ...context, placeOf: context.nameOf })
  const problems = [...content.problems, ...findDead(content.rules, context.ownEndpoints)]
  if (problems.length > 0) throw refuseInput(problems, use)
  return {
    jobs: content.jobs.map(([, definition]) => definition),
    rules: content.rules.map(([, rule]) => rule),
  }
}

/** Reads a job whose shape has been checked. Throws ControlError with every problem. */
export function readOneJob(
  job: FixtureJob,
  context: FixtureContext & { readonly action: string },
): JobDefinition {
  const reading = readJob(job, context)
  if ('value' in reading) return reading.value
  throw refuseInput(reading.problems, { action: context.action, code: 'BAD_FIXTURES' })
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
  const reading = readRule(rule, { ...context, name: rule.name ?? context.place })
  if ('value' in reading) return reading.value
  throw refuseInput(reading.problems, { action: context.action, code: 'BAD_FIXTURES' })
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
