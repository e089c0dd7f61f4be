import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { checkRelease } from '../scripts/check-release.ts'
import { lintWorkflows } from '../scripts/lint-workflows.ts'
import type { ReleaseFacts } from '../scripts/release-facts.ts'
import { readRegistries, renderChecks, renderSteps } from '../scripts/render-release.ts'

const MIT = 'Copyright (c) 2026 Ann\n\nPermission is hereby granted\n'

/** A release without problems, and without anything left to do. */
const READY: ReleaseFacts = {
  manifest: { name: 'mock-gpudb', version: '1.2.3' },
  versions: { 'package-lock.json': '1.2.3', Dockerfile: '1.2.3' },
  changelog: '# Changelog\n\n## Unreleased\n\n## 1.2.3\n\n- More.\n',
  notice: 'dist/third-party-licenses.txt and dist/sbom.cdx.json',
  licenses: ['head', `avsc 5.7.9 (MIT)\n\n${MIT}`].join(`\n${'-'.repeat(72)}\n\n`),
  components: [{ name: 'avsc', version: '5.7.9', licenses: [{ license: { id: 'MIT' } }] }],
  packed: [
    ...['dist/bin/mock-gpudb.js', 'dist/lib/index.js', 'dist/lib/index.d.ts', 'dist/openapi.json'],
    ...['dist/page/page.js', 'dist/page/page.css', 'dist/lib/yaml.cjs', 'dist/sbom.cdx.json'],
    ...['dist/third-party-licenses.txt', 'docs/time.md', 'fixtures/jobs.json', 'package.json'],
    ...['schemas/fixture.schema.json', 'schemas/alter/table.json', 'schemas/gpudb_response.avsc'],
    ...['LICENSE', 'NOTICE', 'README.md', 'CHANGELOG.md'],
  ],
  dockerfile: readFileSync('Dockerfile', 'utf8'),
  dockerignore: readFileSync('.dockerignore', 'utf8'),
  exists: () => true,
  workflowProblems: [],
  git: { head: 'c1', tagged: 'c1', changed: [] },
}

/** The problems of a release that differs from the one that is ready. */
function problemsOf(other: Partial<ReleaseFacts>): string[] {
  return checkRelease({ ...READY, ...other }).flatMap(({ problems }) => problems)
}

t.test('checkRelease() finds nothing in a release that is ready', async (t) => {
  t.strictSame(problemsOf({}), [])
  t.strictSame(problemsOf({ git: { ...READY.git, tagged: undefined } }), [])
})

const dockerfile = READY.dockerfile

const BROKEN: readonly (readonly [string, Partial<ReleaseFacts>, readonly string[]])[] = [
  [
    'an invalid version',
    { manifest: { name: 'mock-gpudb', version: '1.2' } },
    [
      'package.json: 1.2 is no semantic version',
      'package-lock.json: 1.2.3, not 1.2',
      'Dockerfile: 1.2.3, not 1.2',
      'CHANGELOG.md: no ## 1.2',
    ],
  ],
  [
    'another version in a file',
    { versions: { Dockerfile: undefined } },
    ['Dockerfile: undefined, not 1.2.3'],
  ],
  [
    'a tag of another commit',
    { git: { ...READY.git, tagged: 'c0' } },
    ['v1.2.3 is c0, not c1: raise the version'],
  ],
  [
    'files that are missing, and others',
    {
      packed: [...READY.packed.filter((file) => file !== 'NOTICE'), 'src/cli.ts', 'dist/lib/a.map'],
    },
    [
      'NOTICE is missing',
      'src/cli.ts is not meant to be in the package',
      'dist/lib/a.map is not meant to be in the package',
    ],
  ],
  ['no licences', { licenses: 'head' }, ['dist/third-party-licenses.txt: no package']],
  [
    'a licence without text',
    { licenses: READY.licenses.replace(MIT, '') },
    ['avsc 5.7.9 (MIT): no text'],
  ],
  [
    'unknown licences',
    {
      components: [
        { name: 'a', version: '1', licenses: [] },
        { name: 'b', version: '2', licenses: [{}] },
      ],
    },
    ['a@1: []', 'b@2: [{}]'],
  ],
  [
    'a short NOTICE',
    { notice: 'dist/sbom.cdx.json' },
    ['NOTICE lacks dist/third-party-licenses.txt'],
  ],
  [
    'a source that does not exist',
    {
      exists: (path) => path !== 'schemas',
      dockerignore: READY.dockerignore.replace('!LICENSE', ''),
    },
    ['Dockerfile: schemas does not exist', '.dockerignore hides LICENSE'],
  ],
  [
    'stages with different bases',
    { dockerfile: dockerfile.replace(/^FROM \S+ AS/m, 'FROM node:26.0.0-slim AS') },
    ['node:26.0.0-slim', /^FROM (\S+)$/m.exec(dockerfile)?.[1] ?? ''],
  ],
  [
    'a base that is not pinned',
    { dockerfile: dockerfile.replaceAll(/^FROM \S+/gm, 'FROM node:26-slim') },
    ['node:26-slim', 'node:26-slim'],
  ],
  [
    'an image without user and health check',
    { dockerfile: dockerfile.replaceAll(/^(USER|HEALTHCHECK) .*$/gm, '') },
    ['Dockerfile lacks a numeric USER', 'Dockerfile lacks a HEALTHCHECK'],
  ],
  ['workflows with mistakes', { workflowProblems: ['ci.yml:1:1: wrong'] }, ['ci.yml:1:1: wrong']],
]

for (const [name, other, problems] of BROKEN) {
  t.test(`checkRelease() finds ${name}`, async (t) => {
    t.strictSame(problemsOf(other), problems)
  })
}

t.test('renderChecks() shows each check with its problems', async (t) => {
  const checks = [
    { name: 'one', problems: [] },
    { name: 'two', problems: ['a', 'b'] },
  ]
  t.equal(renderChecks(checks), 'ok - one\nnot ok - two\n    a\n    b\n')
})

t.test('renderSteps() shows the commands that publish to the given registries', async (t) => {
  const args = ['--image', 'images.example.org/mock', '--npm-registry', 'https://npm.example.org/']
  const exists = (path: string) => path !== 'helpers/python'
  t.equal(
    renderSteps({ ...READY, exists }, readRegistries(args)),
    `
Then publish 1.2.3; nothing has been published yet:

    git push origin v1.2.3
    npm pack && npm publish mock-gpudb-1.2.3.tgz --registry https://npm.example.org/
    docker buildx build --platform linux/amd64,linux/arm64 --provenance=true --sbom=true \\
      --build-arg VERSION=1.2.3 --tag images.example.org/mock:1.2.3 --push .
    mvn -f helpers/java deploy -DaltDeploymentRepository=releases::https://maven.example.com/
`,
  )
  t.match(
    renderSteps(READY, readRegistries([])),
    /--tag registry\.example\.com\/mock-gpudb:1\.2\.3 /,
  )
  t.match(renderSteps(READY, readRegistries([])), /npm publish mock-gpudb-1\.2\.3\.tgz\n/)
  t.throws(() => readRegistries(['--imag', 'x']), /--imag/)
})

t.test('renderSteps() shows first what is left to do', async (t) => {
  const open = {
    ...READY,
    changelog: '# Changelog\n\n## Unreleased\n\n- More.\n\n## 1.2.3\n',
    git: { head: 'c1', tagged: undefined, changed: [' M README.md'] },
  }
  const [first = ''] = renderSteps(open, readRegistries([])).split('Then publish')
  t.strictSame(first.trim().split(/\n+ +/), [
    'Do this first:',
    'CHANGELOG.md: give the lines under Unreleased a version, and raise it in package.json',
    'commit or remove what git status shows',
    'git tag -a v1.2.3 -m "mock-gpudb 1.2.3"',
  ])
})

t.test('the workflow files have no mistakes, and the linter finds some', async (t) => {
  t.strictSame(await lintWorkflows(), [])
  const wrong = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ rn: "true" }]\n'
  const folder = t.testdir({ 'wrong.yml': wrong })
  const problems = await lintWorkflows(folder)
  const start = `${folder}/wrong.yml:5:15: unexpected key "rn" for "step" section.`
  t.ok(
    problems.some((problem) => problem.startsWith(start)),
    problems.join('\n'),
  )
})

const WORKFLOWS = readdirSync('.github/workflows').map((name) => {
  return readFileSync(`.github/workflows/${name}`, 'utf8')
})

t.test('the workflows call commands that exist', async (t) => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  const called = WORKFLOWS.flatMap((text) =>
    Array.from(
      text.matchAll(/npm run ([\w:]+)$|"(test:\w+)"/gm),
      ([, name, suite]) => name ?? suite,
    ),
  )
  t.ok(called.length >= 5)
  t.strictSame(
    called.filter((name) => !(String(name) in scripts)),
    [],
  )
})

t.test(
  'the workflows test all supported versions of Node, and build for both platforms',
  async (t) => {
    const { jobs } = parse(readFileSync('.github/workflows/ci.yml', 'utf8'))
    t.strictSame(jobs.built.strategy.matrix.node, ['20.20', '22', '24', '26'])
    const platforms = WORKFLOWS.map((text) => /--platform (\S+)/.exec(text)?.[1])
    t.strictSame(platforms, ['linux/amd64,linux/arm64', 'linux/amd64,linux/arm64'])
  },
)

t.test('the workflows name no registry but an example', async (t) => {
  const hosts = WORKFLOWS.flatMap((text) =>
    Array.from(text.matchAll(/\b(?:[a-z-]+\.)+(?:com|org|io|dev)\b/g), ([host]) => host),
  )
  t.ok(hosts.every((host) => host.endsWith('.example.com')))
})
