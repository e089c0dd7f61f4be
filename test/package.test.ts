import { readFileSync } from 'node:fs'
import t from 'tap'
import { renderEndpointTypes } from '../scripts/render-endpoint-types.ts'
import { Catalogue } from '../src/avro/catalogue.ts'
import { packageVersion } from '../src/http/package-version.ts'
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

t.test('the label of the image has the version of the package', async (t) => {
  const dockerfile = readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8')
  t.equal(/^ARG VERSION=(.+)$/m.exec(dockerfile)?.[1], packageVersion())
})

t.test('packageVersion() returns the version in package.json', async (t) => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  t.match(manifest, `"version": "${packageVersion()}"`)
  t.match(packageVersion(), /^\d+\.\d+\.\d+/)
})

t.test('endpoint-types.ts is up to date with the schemas (npm run generate)', async (t) => {
  const committed = new URL('../src/gpudb/endpoint-types.ts', import.meta.url)
  t.equal(renderEndpointTypes(new Catalogue()), readFileSync(committed, 'utf8'))
})

t.test('renderEndpointTypes() writes every type', async (t) => {
  const fields = [
    { name: 'id', type: 'long' },
    { name: 'data', type: 'bytes' },
    { name: 'ratio', type: 'float' },
    { name: 'rows', type: { type: 'array', items: { type: 'array', items: 'int' } } },
    { name: 'infos', type: { type: 'array', items: { type: 'map', values: 'string' } } },
    { name: 'nullable', type: { type: 'map', values: ['string', 'null'] } },
  ]
  const folder = t.testdir({
    'ping.json': JSON.stringify({
      request: { type: 'record', name: 'ping_request', fields },
      response: { type: 'record', name: 'ping_response', fields: [] },
    }),
  })
  const text = renderEndpointTypes(new Catalogue(folder))
  t.equal(
    text.slice(text.indexOf('export interface')),
    `export interface EndpointTypes {
  '/ping': {
    request: {
      id: bigint
      data: Buffer
      ratio: number
      rows: readonly (readonly number[])[]
      infos: readonly Dictionary<string>[]
      nullable: Dictionary<string | null>
    }
    response: {
    }
  }
}
`,
  )
})
