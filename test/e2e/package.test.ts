import { execFile } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const HOME = mkdtempSync(join(tmpdir(), 'mock-gpudb-package-'))
const PACKAGE = join(HOME, 'node_modules/mock-gpudb')
/** The dependencies of the package and of TypeScript users: copied instead of installed. */
const INSTALLED = ['snappy', '@napi-rs', '@types/node', 'undici-types']

/** TypeScript 7 has no `node10`; the older version that writes the declarations does. */
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const OLDER_TSC = createRequire(
  createRequire(import.meta.url).resolve('@microsoft/api-extractor'),
).resolve('typescript/bin/tsc')

const CONSUMER = `
import { type FixtureDocument, JobError, type MockGpudb, startMockGpudb } from 'mock-gpudb'

const fixture: FixtureDocument = { jobs: [{ job_id: 7, endpoint: '/alter/table' }] }
const mock: MockGpudb = await startMockGpudb({ fixtures: [fixture], clock: 'frozen' })
const status: 'RUNNING' | 'DONE' | 'ERROR' | 'CANCELLED' = mock.jobs.get(7).status
try {
  mock.jobs.get(8)
} catch (error) {
  if (error instanceof JobError) console.log(status, error.code)
}
await mock.close()
// @ts-expect-error -- the option is misspelt
startMockGpudb({ clok: 'frozen' })
// @ts-expect-error -- it is a type, not a value
FixtureDocument
`

/** Runs a command without the variables that tap adds to the environment; resolves with stdout. */
async function run(...command: readonly string[]): Promise<string> {
  const variables = [`PATH=${process.env['PATH']}`, `HOME=${HOME}`]
  const { stdout } = await promisify(execFile)('env', ['-i', ...variables, ...command], {
    cwd: HOME,
  })
  return stdout
}

function linkInstalled(name: string): void {
  const link = join(HOME, 'node_modules', name)
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules', name), link)
}

t.before(async () => {
  mkdirSync(PACKAGE, { recursive: true })
  const packed = await run('npm', 'pack', ROOT, '--ignore-scripts', '--silent')
  await run('tar', '-xzf', packed.trim(), '--strip-components=1', '-C', PACKAGE)
  INSTALLED.forEach(linkInstalled)
  writeFileSync(join(HOME, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(HOME, 'consumer.ts'), CONSUMER)
})
t.teardown(() => rm(HOME, { recursive: true, force: true }))

function listFiles(folder: string): string[] {
  return readdirSync(join(PACKAGE, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(PACKAGE.length + 1))
    .sort()
}

t.test('the package contains only what it needs to run, and its documentation', async (t) => {
  const dist =
    /^dist\/(bin\/mock-gpudb\.js|lib\/[\w-]+\.c?js|lib\/index\.d\.ts|page\/page\.(js|css)|third-party-licenses\.txt|openapi\.json|sbom\.cdx\.json)$/
  const others =
    /^(docs\/[\w-]+\.md|fixtures\/[\w-]+\.(json|yaml)|schemas\/[\w/-]+\.(json|avsc)|schemas\/fixture\.schema\.json)$/
  const files = listFiles('')
  t.strictSame(
    files.filter((file) => !dist.test(file) && !others.test(file)),
    ['CHANGELOG.md', 'LICENSE', 'NOTICE', 'README.md', 'package.json'],
  )
  for (const file of [
    'dist/bin/mock-gpudb.js',
    'dist/lib/index.js',
    'dist/lib/index.d.ts',
    'dist/openapi.json',
    'dist/page/page.js',
    'dist/page/page.css',
    'dist/sbom.cdx.json',
    'dist/third-party-licenses.txt',
    'docs/in-process.md',
    'fixtures/jobs.json',
    'schemas/alter/table.json',
    'schemas/fixture.schema.json',
    'schemas/gpudb_response.avsc',
  ]) {
    t.ok(files.includes(file), file)
  }
})

/** The lines of code from src/ in a bundled file, each with the source file named above it. */
function linesOfSources(file: string): readonly string[] {
  const parts = readFileSync(join(PACKAGE, file), 'utf8').split(/^\/\/ (?=\S+\/\S+$)/m)
  return parts.flatMap((part) => {
    const [source = '', ...lines] = part.split('\n')
    const long = source.startsWith('src/') ? lines.filter((line) => line.length > 60) : []
    return long.map((line) => `${source}: ${line}`)
  })
}

t.test('the package contains no code twice', async (t) => {
  const files = listFiles('dist').filter((file) => /\.c?js$/.test(file))
  const lines = files.flatMap((file) => [...new Set(linesOfSources(file))])
  t.ok(lines.length > 500)
  t.strictSame(
    lines.filter((line, index) => lines.indexOf(line) !== index),
    [],
  )
})

t.test(
  'the SBOM lists what the licences list, and what is installed with the package',
  async (t) => {
    const sbom = JSON.parse(readFileSync(join(PACKAGE, 'dist/sbom.cdx.json'), 'utf8'))
    const components: { name: string; version: string; scope: string; licenses: unknown[] }[] =
      sbom.components
    const licenses = readFileSync(join(PACKAGE, 'dist/third-party-licenses.txt'), 'utf8')
    const bundled = Array.from(
      licenses.matchAll(/^-{72}\n\n(\S+) (\S+) \(/gm),
      ([, name, version]) => {
        return `${name}@${version}`
      },
    )
    const isInstalled = ({ name }: { name: string }) => /^(@napi-rs\/)?snappy\b/.test(name)
    t.ok(bundled.includes('avsc@5.7.9'))
    t.strictSame(
      components
        .filter((one) => !isInstalled(one))
        .map(({ name, version }) => `${name}@${version}`)
        .sort(),
      bundled.sort(),
    )
    t.ok(components.some(({ name, scope }) => name === 'snappy' && scope === 'required'))
    t.ok(components.every(({ licenses }) => licenses.length > 0))
    t.match(sbom, { bomFormat: 'CycloneDX', metadata: { component: { name: 'mock-gpudb' } } })
  },
)

t.test('the package installs only a native module', async (t) => {
  const { dependencies } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
  t.strictSame(Object.keys(dependencies), ['snappy'])
})

const RESOLUTIONS = [
  { name: 'nodenext', tsc: TSC, flags: ['--module', 'nodenext'] },
  { name: 'bundler', tsc: TSC, flags: ['--module', 'esnext', '--moduleResolution', 'bundler'] },
  {
    name: 'node10',
    tsc: OLDER_TSC,
    flags: [
      ...['--module', 'esnext', '--moduleResolution', 'node10'],
      ...['--ignoreDeprecations', '6.0'],
    ],
  },
]

for (const { name, tsc, flags } of RESOLUTIONS) {
  t.test(`the types of the package resolve under ${name}`, async (t) => {
    const strict = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--target',
      'es2022',
      '--lib',
      'es2022',
    ]
    const lib = ['--skipLibCheck', 'false', '--types', 'node']
    const output = await run(process.execPath, tsc, ...flags, ...strict, ...lib, 'consumer.ts')
    t.equal(output, '')
  })
}

t.test('the packed library starts a mock', async (t) => {
  const program = `
    import { startMockGpudb } from 'mock-gpudb'
    const mock = await startMockGpudb({ logLevel: 'info' })
    const { openapi } = await (await fetch(mock.url + '/__mock/openapi.json')).json()
    console.log(openapi)
    await mock.close()`
  t.equal(await run(process.execPath, '--input-type=module', '--eval', program), '3.1.0\n')
})

/** A program that starts a mock with fixtures, and prints which files of other packages are loaded then. */
function listLoaded(fixtures: readonly string[]): string {
  return `
    import('mock-gpudb').then(async ({ startMockGpudb }) => {
      const mock = await startMockGpudb({ fixtures: ${JSON.stringify(fixtures)} })
      const files = Object.keys(require.cache).map((file) => file.split('/').at(-1))
      console.log(files.sort().join(' '))
      await mock.close()
    })`
}

/** The files that a file of the bundle imports at once, and all that those import. */
function listImported(file: string): string[] {
  const text = readFileSync(join(PACKAGE, file), 'utf8')
  const imports = text.matchAll(/(?:\bfrom|^import) "\.\/([^"]+)"/gm)
  const direct = Array.from(imports, ([, name = '']) => join(dirname(file), name))
  return [...new Set([...direct, ...direct.flatMap(listImported)])]
}

t.test('a start of the command loads few files, and not what it may need later', async (t) => {
  const [program = ''] = listFiles('dist/lib').filter((file) => /\bcli-process-/.test(file))
  const files = [program, ...listImported(program)]
  t.ok(files.length <= 6, files.join(' '))
  const text = files.map((file) => readFileSync(join(PACKAGE, file), 'utf8')).join('\n')
  t.match(text, /class GpudbHandler\b|GpudbHandler = class/)
  for (const name of ['controlRoutes', 'followRequests', 'RecordingProxy', 'require_comparator']) {
    t.notMatch(text, new RegExp(`\\b${name} = |function ${name}\\b`), name)
  }
})

t.test('packages that many mocks do not need are loaded on first use', async (t) => {
  const load = async (...fixtures: readonly string[]) => {
    const flags = ['--input-type=commonjs', '--eval', listLoaded(fixtures)]
    return (await run(process.execPath, ...flags)).trim()
  }
  writeFileSync(join(HOME, 'faults.yaml'), 'faults: [&slow { name: slow, delay: 1ms }]')
  const writeRule = (name: string, matches: string) => {
    const when = { endpoint: '/execute/sql', request: { statement: { matches } } }
    const rules = [{ when, then: { error: 'no' } }]
    writeFileSync(join(HOME, name), JSON.stringify({ rules }))
  }
  writeRule('plain.json', '^select .* from')
  writeRule('groups.json', '^(select|with)')
  t.equal(await load(), '')
  t.equal(await load('faults.yaml'), 'yaml.cjs')
  t.equal(await load('plain.json'), '')
  t.equal(await load('groups.json'), 're2js.cjs')
})

t.test('the packed command shows the version of the package', async (t) => {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
  const command = join(PACKAGE, 'dist/bin/mock-gpudb.js')
  t.equal(await run(process.execPath, command, 'version'), `${version}\n`)
})

t.test('the schema of fixtures is exported', async (t) => {
  const program = `console.log(require('mock-gpudb/schemas/fixture.schema.json').type)`
  t.equal(await run(process.execPath, '--input-type=commonjs', '--eval', program), 'object\n')
})

t.test('the OpenAPI description is exported, as the command prints it', async (t) => {
  const program = `console.log(JSON.stringify(require('mock-gpudb/openapi.json')))`
  const exported = await run(process.execPath, '--input-type=commonjs', '--eval', program)
  const printed = await run(process.execPath, join(PACKAGE, 'dist/bin/mock-gpudb.js'), 'openapi')
  t.strictSame(JSON.parse(exported), JSON.parse(printed))
})
