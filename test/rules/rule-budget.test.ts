import t from 'tap'
import type { FixtureRule } from '../../src/fixture-format/fixture-format.ts'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import type { Rule } from '../../src/rules/rule.ts'
import { RuleBudget } from '../../src/rules/rule-budget.ts'
import { bytesOfRule } from '../../src/rules/rule-bytes.ts'
import { RuleSet } from '../../src/rules/rule-set.ts'
import { FIXTURE_CONTEXT } from '../support/server.ts'

function rulesOf(texts: FixtureRule[]): readonly Rule[] {
  return loadFixtures([{ rules: texts }], FIXTURE_CONTEXT).rules
}

/** A rule whose text has `size` characters more than the smallest. */
function ruleOf(size: number): Rule {
  const when = { endpoint: '/alter/table', request: { table_name: 'x'.repeat(size) } }
  const [rule] = rulesOf([{ when, then: { error: 'no' } }])
  if (rule === undefined) throw new Error('No rule was read')
  return rule
}

const REFUSED = { name: 'RuleError', code: 'TOO_MANY_RULE_BYTES' }

t.test(
  'rules of tests count until they are removed, and are rejected over the budget',
  async (t) => {
    const rule = ruleOf(1000)
    const budget = new RuleBudget(3 * bytesOfRule(rule) - 1)
    const [set, other] = [new RuleSet([], { budget }), new RuleSet([], { budget })]
    set.add([rule])
    t.throws(() => other.add([ruleOf(1000), ruleOf(1000)]), {
      ...REFUSED,
      message:
        /^Cannot take \d+ bytes for rules: the rules and faults of all scopes have \d+ of at most \d+ bytes, raise max-rule-bytes$/,
    })
    t.equal(other.size, 0)
    other.add([ruleOf(1000)])
    t.throws(() => set.put('rule-1', ruleOf(5000)), REFUSED)
    t.equal(set.get('rule-1').rule, rule)
    set.put('rule-1', ruleOf(1300))
    t.throws(() => set.add([ruleOf(1000)]), REFUSED)
    other.remove('rule-1')
    set.clear()
    t.equal(budget.usedBytes, 0)
  },
)

t.test(
  'a list of rules is read once to count its bytes, however often it is checked',
  async (t) => {
    let reads = 0
    const rule = {
      ...ruleOf(10),
      get text() {
        reads += 1
        return {}
      },
    }
    const set = new RuleSet([], { budget: new RuleBudget(1_000_000) })
    const list = [rule]
    set.assertRoom(list)
    set.replaceFixtures(list)
    set.replaceFixtures([ruleOf(20)])
    new RuleSet(list, { budget: new RuleBudget(1_000_000) }).clear()
    t.equal(reads, 1)
  },
)

t.test('rules of fixtures count once for all scopes', async (t) => {
  const list = [ruleOf(1000), ruleOf(2000)]
  const budget = new RuleBudget(1_000_000)
  const sets = [new RuleSet(list, { budget }), new RuleSet(list, { budget })]
  const [first, second] = sets
  t.equal(
    budget.usedBytes,
    list.reduce((bytes, rule) => bytes + bytesOfRule(rule), 0),
  )
  first?.clear()
  t.ok(budget.usedBytes > 3000)
  second?.put('rule-1', ruleOf(10))
  t.ok(budget.usedBytes > 3000 + bytesOfRule(ruleOf(10)))
  second?.clear()
  t.equal(budget.usedBytes, 0)
})

t.test('new rules of fixtures may take the room of the old ones', async (t) => {
  const list = [ruleOf(1000)]
  const budget = new RuleBudget(bytesOfRule(ruleOf(1000)) + 10)
  const set = new RuleSet(list, { budget })
  t.throws(() => set.replaceFixtures([ruleOf(5000)]), REFUSED)
  t.strictSame(
    set.list().map(({ rule }) => rule),
    list,
  )
  set.replaceFixtures([ruleOf(1001)])
  t.equal(set.size, 1)
  t.throws(() => new RuleSet([ruleOf(1000)], { budget }), REFUSED)
})
