import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { ConfigOptions, environmentName, OPTION_NAMES } from '../src/config-options.ts'

t.test('environmentName() is the name in upper snake case with a prefix', async (t) => {
  t.equal(environmentName('default-duration'), 'MOCK_GPUDB_DEFAULT_DURATION')
  t.equal(environmentName('port'), 'MOCK_GPUDB_PORT')
})

t.test('OPTION_NAMES holds every option once', async (t) => {
  t.strictSame(new Set(OPTION_NAMES).size, OPTION_NAMES.length)
  t.ok(OPTION_NAMES.includes('base-path'))
})

t.test('ConfigOptions holds a description, an expectation and a valid default', async (t) => {
  for (const name of OPTION_NAMES) {
    const schema = ConfigOptions.properties[name]
    t.match(schema.description, /\w/, name)
    t.match(schema['expected'], /\w/, name)
    t.ok(schema.default === undefined || Value.Check(schema, schema.default), name)
  }
})
