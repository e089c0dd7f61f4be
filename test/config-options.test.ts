import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { ConfigOptions, environmentName, OPTION_NAMES } from '../src/config-options.ts'

t.test('environmentName() is the name in upper snake case with a prefix', async (t) => {
  t.equal(environmentName('default-duration'), 'MOCK_GPUDB_DEFAULT_DURATION')
  t.equal(environmentName('port'), 'MOCK_GPUDB_PORT')
})

// Scripts and files of users contain these names: renaming an option breaks them.
t.test('the names of the options are stable', async (t) => {
  t.strictSame(OPTION_NAMES, [
    ...['host', 'port', 'fixtures', 'watch', 'clock', 'poll-advance', 'default-duration'],
    ...['strict', 'seed', 'user', 'token', 'tls-cert', 'tls-key', 'base-path', 'retention'],
    ...['max-finished', 'max-jobs', 'max-scopes', 'journal-requests', 'journal-bytes'],
    ...['body-limit', 'log-level', 'log-format'],
  ])
})

t.test('ConfigOptions has a description, an expectation and a valid default', async (t) => {
  for (const name of OPTION_NAMES) {
    const schema = ConfigOptions.properties[name]
    t.match(schema.description, /\w/, name)
    t.match(schema['expected'], /\w/, name)
    t.ok(schema.default === undefined || Value.Check(schema, schema.default), name)
  }
})
