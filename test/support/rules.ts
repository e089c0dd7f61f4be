import { join } from 'node:path'
import { formatProblem } from '../../src/fixture-format/fixture-problem.ts'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import type { Explanation, Mismatch } from '../../src/patterns/pattern.ts'
import { Redaction } from '../../src/patterns/redaction.ts'
import type { Rule, RuleRequest, When } from '../../src/rules/rule.ts'
import { FIXTURE_CONTEXT } from './server.ts'

/**
 * Reads a list of rules in YAML, as the file `rules.yaml` in the test's folder. Throws if a rule is
 * invalid. A rule without a name is named after the file and its line; the first line is 2.
 */
export function loadRules(
  t: { testdir(content: Record<string, string>): string },
  yaml: string,
): readonly Rule[] {
  const folder = t.testdir({ 'rules.yaml': `rules:\n${yaml.replace(/^\n/, '')}` })
  const context = FIXTURE_CONTEXT
  const { rules, problems } = loadFixtures([join(folder, 'rules.yaml')], context)
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join('\n'))
  return rules
}

/** A rule that answers every request of `/alter/table`; `parts` overrides fields. */
export function ruleOf({ when, ...parts }: RuleParts = {}): Rule {
  const then = { mayHaveTemplates: false, httpStatus: 400, delayMs: 0 }
  return {
    name: 'a rule',
    when: { endpoint: '/alter/table', as: 'any', ...when },
    then,
    text: {},
    ...parts,
  }
}

/** The fields of a rule that a test may set. */
export interface RuleParts extends Partial<Omit<Rule, 'when'>> {
  readonly when?: Partial<Rule['when']>
}

/** A direct call of `/alter/table` in JSON; `parts` overrides fields. */
export function requestOf(parts: Partial<RuleRequest> = {}): RuleRequest {
  return {
    endpoint: '/alter/table',
    exactOnly: false,
    cluster: 'a',
    as: 'direct',
    request: {},
    tag: '',
    user: '',
    encoding: 'json',
    ...parts,
  }
}

/** Mismatches as explanations show them. */
export function explainAll(mismatches: Iterable<Mismatch>): (Explanation & { path: string })[] {
  const redaction = new Redaction()
  return Array.from(mismatches, ({ path, explain }) => ({ path, ...explain(redaction) }))
}

/** Conditions as they are read from a fixture that has only `endpoint: '*'`. */
export const ANY_CALL: When = {
  endpoint: '*',
  as: 'any',
  request: undefined,
  tag: undefined,
  user: undefined,
  encoding: undefined,
  cluster: undefined,
  nth: undefined,
}
