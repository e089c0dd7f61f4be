import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { renderEndpointTypes } from '../scripts/render-endpoint-types.ts'
import { renderSbom } from '../scripts/render-sbom.mjs'
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
    'TableError',
    'startMockGpudb',
  ])
})

t.test('the label of the image has the version of the package', async (t) => {
  const dockerfile = readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8')
  t.equal(/^ARG VERSION=(.+)$/m.exec(dockerfile)?.[1], packageVersion())
})

/** The files of helpers that have a version, and its form. */
const HELPER_VERSIONS = [
  { file: 'helpers/python/pyproject.toml', form: /^version = "(.+)"$/m },
  { file: 'helpers/java/pom.xml', form: /^ {2}<version>(.+)<\/version>$/m },
  { file: 'helpers/java/README.md', form: /mock-gpudb-junit5:([\d.]+)/ },
]

t.test('the helpers have the version of the package', async (t) => {
  for (const { file, form } of HELPER_VERSIONS) {
    const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
    t.equal(form.exec(text)?.[1], packageVersion(), file)
  }
})

/** The path of every container of a compose file. */
const COMPOSE_FILES = ['compose.yaml', 'examples/compose.yaml']

for (const file of COMPOSE_FILES) {
  t.test(`${file} starts the mock without privileges and with limits`, async (t) => {
    const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
    t.match(parse(text).services['mock-gpudb'], {
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: '256m',
      pids_limit: 64,
      healthcheck: { start_period: '5s', start_interval: '500ms' },
    })
  })
}

/** The last stage of the Dockerfile. */
const IMAGE = readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8')
  .split(/^FROM /m)
  .at(-1)

t.test('the image has no package manager', async (t) => {
  const [, removed = ''] = /^RUN rm -rf ((?:[^&\\]|\\\n)+)/m.exec(IMAGE ?? '') ?? []
  const paths = removed.split(/[\s\\]+/).filter((path) => path !== '')
  for (const name of ['npm', 'npx', 'corepack', 'yarn', 'yarnpkg']) {
    t.ok(paths.includes(`/usr/local/bin/${name}`), name)
  }
  t.ok(paths.includes('/usr/local/lib/node_modules'))
})

t.test('the image has the licences, the NOTICE and the SBOM', async (t) => {
  t.match(IMAGE, /^COPY package\.json LICENSE NOTICE \.\/$/m)
  t.match(IMAGE, /^COPY --from=build \/app\/dist \.\/dist$/m)
  const ignored = readFileSync(new URL('../.dockerignore', import.meta.url), 'utf8')
  t.match(ignored, /^!NOTICE$/m)
})

t.test('the image listens on all addresses of the container', async (t) => {
  t.match(IMAGE, /^ENV (?:.+\\\n)* +MOCK_GPUDB_HOST=0\.0\.0\.0$/m)
})

t.test('packageVersion() returns the version in package.json', async (t) => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  t.match(manifest, `"version": "${packageVersion()}"`)
  t.match(packageVersion(), /^\d+\.\d+\.\d+/)
})

t.test('endpoint-types.ts is up to date with the schemas (npm run generate)', async (t) => {
  const committed = new URL('../src/gpudb-parts/endpoint-types.ts', import.meta.url)
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

const DEVELOPMENT = [{ name: 'cdx:npm:package:development', value: 'true' }]

function component(id: string, properties: { name: string; value: string }[] = []) {
  return { 'bom-ref': id, scope: properties.length > 0 ? 'optional' : 'required', properties }
}

/** An SBOM of npm for a lock file with an installed, a bundled and two other packages. */
const WHOLE = {
  serialNumber: 'urn:uuid:1',
  metadata: {
    timestamp: '2026-01-01T00:00:00Z',
    tools: [{ vendor: 'npm', name: 'cli', version: '11.0.0' }],
    component: { ...component('a@1'), name: 'folder' },
  },
  components: [
    component('snappy@7'),
    component('fastify@5', DEVELOPMENT),
    component('fastify@4', DEVELOPMENT),
    component('tap@21', DEVELOPMENT),
  ],
  dependencies: [
    { ref: 'a@1', dependsOn: ['snappy@7', 'fastify@5', 'tap@21'] },
    { ref: 'fastify@5', dependsOn: ['tap@21'] },
    { ref: 'tap@21', dependsOn: [] },
  ],
}

t.test('renderSbom() keeps what is bundled or installed, and nothing that varies', async (t) => {
  const text = renderSbom(WHOLE, { name: 'a', bundled: [{ name: 'fastify', version: '5' }] })
  t.strictSame(JSON.parse(text), {
    metadata: {
      tools: [{ vendor: 'npm', name: 'cli' }],
      component: { ...component('a@1'), name: 'a' },
    },
    components: [
      component('snappy@7'),
      {
        ...component('fastify@5'),
        properties: [{ name: 'cdx:npm:package:bundled', value: 'true' }],
      },
    ],
    dependencies: [
      { ref: 'a@1', dependsOn: ['snappy@7', 'fastify@5'] },
      { ref: 'fastify@5', dependsOn: [] },
    ],
  })
})

t.test('renderSbom() rejects a bundled package that is not in the lock file', async (t) => {
  const bundled = [{ name: 'left-pad', version: '1' }]
  t.throws(() => renderSbom(WHOLE, { name: 'a', bundled }), {
    message: 'Cannot describe the bundle: the lock file has no left-pad@1',
  })
})
