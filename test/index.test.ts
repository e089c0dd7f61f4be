import t from 'tap'
import * as mock from '../src/index.ts'

t.test('the package exports the function that starts a mock, and its errors', async (t) => {
  t.strictSame(Object.keys(mock).sort(), [
    'ConfigError',
    'ControlError',
    'FixtureError',
    'JobError',
    'RuleError',
    'ScopeError',
    'startMockGpudb',
  ])
})
