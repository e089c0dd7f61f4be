import t from 'tap'
import { RuleError } from '../../src/rules/rule-error.ts'

t.test('RuleError has a code and a message', async (t) => {
  const error = new RuleError('RULE_NOT_FOUND', 'Cannot find the rule rule-7: no rule has this id')
  t.type(error, Error)
  t.match(error, {
    name: 'RuleError',
    code: 'RULE_NOT_FOUND',
    message: 'Cannot find the rule rule-7: no rule has this id',
  })
})
