import { checkShape } from '../documents/check-shape.ts'
import type { JsonValue } from '../documents/json-value.ts'
import type { JsonProblem } from '../documents/reading.ts'
import { FixtureJob, FixtureRule } from '../fixtures/fixture-format.ts'
import { readContent } from '../fixtures/read-content.ts'
import { type FixtureContext, readJob } from '../fixtures/read-job.ts'
import { readRule } from '../fixtures/read-rule.ts'
import type { JobDefinition } from '../jobs/job.ts'
import { findShadowed } from '../rules/find-shadowed.ts'
import type { Rule } from '../rules/rule.ts'
import { refuseInput } from './control-error.ts'

/** What a test hands over, checked as files are. */
export interface GivenFixtures {
  readonly jobs: readonly JobDefinition[]
  readonly rules: readonly Rule[]
}

/**
 * Reads a fixture document. `nameOf` names rules that have no name.
 *
 * @throws ControlError with every problem.
 */
export function readFixtures(
  document: JsonValue,
  context: FixtureContext & { readonly nameOf: (index: number) => string },
): GivenFixtures {
  const content = readContent(document, { ...context, placeOf: context.nameOf })
  const problems = [...content.problems, ...findDead(content.rules)]
  if (problems.length > 0) throw refuseInput('BAD_FIXTURES', 'the fixtures', problems)
  return {
    jobs: content.jobs.map(([, definition]) => definition),
    rules: content.rules.map(([, rule]) => rule),
  }
}

/** Reads one job as those of files are read. Throws ControlError with every problem. */
export function readOneJob(text: JsonValue, context: FixtureContext): JobDefinition {
  const shaped = checkShape(FixtureJob, text)
  const reading = 'value' in shaped ? readJob(shaped.value, context) : shaped
  if ('definition' in reading) return reading.definition
  throw refuseInput('BAD_FIXTURES', 'the job', reading.problems)
}

/**
 * Reads one rule as those of files are read. `place` names it where it has no name.
 *
 * @throws ControlError with every problem.
 */
export function readOneRule(
  text: JsonValue,
  context: FixtureContext & { readonly place: string },
): Rule {
  const shaped = checkShape(FixtureRule, text)
  const reading = 'value' in shaped ? readRule(shaped.value, context) : shaped
  if ('rule' in reading) return reading.rule
  throw refuseInput('BAD_FIXTURES', 'the rule', reading.problems)
}

/** Finds rules that can never answer. */
function findDead(rules: readonly (readonly [number, Rule])[]): JsonProblem[] {
  const places = new Map(rules.map(([index, rule]) => [rule, index]))
  return findShadowed([...places.keys()]).map(({ rule, by }) => {
    const message = `this rule never answers: the one at rules[${places.get(by)}] does`
    return { path: ['rules', Number(places.get(rule))], part: 'value', message }
  })
}
