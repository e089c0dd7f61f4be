import t from 'tap'
import { ScopeError } from '../../src/scope/scope-error.ts'

t.test('ScopeError carries a code and a message', async (t) => {
  const error = new ScopeError('SCOPE_NOT_FOUND', 'Cannot remove the scope a: there is none')
  t.type(error, Error)
  t.match(error, {
    name: 'ScopeError',
    code: 'SCOPE_NOT_FOUND',
    message: 'Cannot remove the scope a: there is none',
  })
})
