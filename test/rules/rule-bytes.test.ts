import t from 'tap'
import { TextPattern } from '../../src/patterns/text-pattern.ts'
import { bytesOfRule } from '../../src/rules/rule-bytes.ts'
import { ruleOf } from '../support/rules.ts'

/** The bytes of a rule with this text, over those of a rule without. */
function bytesOfText(text: unknown): number {
  return bytesOfRule(ruleOf({ text })) - bytesOfRule(ruleOf())
}

t.test('bytesOfRule() is in proportion to the text', async (t) => {
  t.ok(bytesOfRule(ruleOf()) >= 1000)
  t.equal(bytesOfText({ then: { error: 'x'.repeat(1_000_000) } }), 2_000_242)
  const many = Array.from({ length: 10_000 }, () => ({ a: 7n, b: null }))
  t.equal(bytesOfText(many) - bytesOfText(many.slice(1)), 112 * 3 + 2 * ('9999'.length + 1 + 1))
})

t.test('bytesOfRule() counts a long name', async (t) => {
  const name = 'x'.repeat(1000)
  t.equal(bytesOfRule(ruleOf({ name })) - bytesOfRule(ruleOf({ name: '' })), 2000)
})

t.test('bytesOfRule() counts each regular expression', async (t) => {
  const regex = new TextPattern('x')
  const when = { tag: regex, request: { a: [regex, { b: regex }], c: 'x' } }
  t.equal(bytesOfRule(ruleOf({ when })) - bytesOfRule(ruleOf()), 3 * 20 * 1024)
})
