import type { Figure } from './figure.ts'
import { measureLoading } from './fixture-loading.ts'
import { MANY_RULES, rulesJson, rulesOfAll, rulesOfOne, rulesYaml } from './rule-plan.ts'

/** The time to load 10,000 rules. */
export function measureRulesLoaded(loads: number): Figure[] {
  const spread = rulesOfAll(MANY_RULES)
  const oneEndpoint = rulesOfOne(MANY_RULES)
  const rules = { count: MANY_RULES, unit: 'rule', loads }
  return [
    measureLoading({
      name: '10,000 rules loaded from JSON',
      files: { 'rules.json': rulesJson(spread) },
      belowSeconds: 0.5,
      ...rules,
    }),
    measureLoading({
      name: '10,000 rules loaded from JSON, all for one endpoint',
      files: { 'rules.json': rulesJson(oneEndpoint) },
      belowSeconds: 0.5,
      ...rules,
    }),
    measureLoading({
      name: '10,000 rules loaded from YAML',
      files: { 'rules.yaml': rulesYaml(spread) },
      belowSeconds: 1,
      ...rules,
    }),
  ]
}
