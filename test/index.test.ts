import t from 'tap'
import * as mock from '../src/index.ts'

t.test('the package exports what starts a mock, and the errors that it may throw', async (t) => {
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
