import { parseArgs } from 'node:util'
import type { ReleaseCheck } from './check-release.ts'
import type { ReleaseFacts } from './release-facts.ts'

/** The registries of a release; the names are configuration. */
export interface Registries {
  /** The image without a tag. */
  readonly image: string
  /** The URL of the registry of npm; undefined: that of npm's configuration. */
  readonly npm: string | undefined
  /** The repository of Maven, as the id of its credentials, two colons and its URL. */
  readonly maven: string
}

/** Reads the registries from the flags `--image`, `--npm-registry` and `--maven-repository`. Throws for other words. */
export function readRegistries(args: readonly string[]): Registries {
  const { values } = parseArgs({
    args: [...args],
    options: {
      image: { type: 'string', default: 'registry.example.com/mock-gpudb' },
      'npm-registry': { type: 'string' },
      'maven-repository': { type: 'string', default: 'releases::https://maven.example.com/' },
    },
  })
  return {
    image: values.image,
    npm: values['npm-registry'],
    maven: values['maven-repository'],
  }
}

/** Renders the checks, one a line, with their problems below. */
export function renderChecks(checks: readonly ReleaseCheck[]): string {
  const lines = checks.flatMap(({ name, problems }) => [
    `${problems.length === 0 ? 'ok' : 'not ok'} - ${name}`,
    ...problems.map((problem) => `    ${problem}`),
  ])
  return `${lines.join('\n')}\n`
}

/** Renders what a person has to do first, if anything, and the commands that publish. */
export function renderSteps(facts: ReleaseFacts, registries: Registries): string {
  const { version } = facts.manifest
  const parts = [
    ['Do this first:', findOpen(facts)],
    [`Then publish ${version}; nothing has been published yet:`, commandsOf(facts, registries)],
  ] as const
  const texts = parts.filter(([, lines]) => lines.length > 0)
  return texts.map(([head, lines]) => `\n${head}\n\n${lines.map(indent).join('')}`).join('')
}

function indent(line: string): string {
  return `    ${line}\n`
}

/** What is not a problem of the files, but of the moment. */
function findOpen({ changelog, git, manifest: { version } }: ReleaseFacts): string[] {
  const hasUnreleased = changelog.split(/^## /m).some((text) => /^Unreleased\s+\S/.test(text))
  return [
    ...(hasUnreleased ? [UNRELEASED] : []),
    ...(git.changed.length === 0 ? [] : ['commit or remove what git status shows']),
    ...(git.tagged === undefined ? [`git tag -a v${version} -m "mock-gpudb ${version}"`] : []),
  ]
}

const UNRELEASED =
  'CHANGELOG.md: give the lines under Unreleased a version, and raise it in package.json'

function commandsOf(
  { manifest: { name, version }, exists }: ReleaseFacts,
  { image, npm, maven }: Registries,
): string[] {
  const registry = npm === undefined ? '' : ` --registry ${npm}`
  const helpers = [
    ['helpers/python', '(cd helpers/python && python -m build && python -m twine upload dist/*)'],
    ['helpers/java', `mvn -f helpers/java deploy -DaltDeploymentRepository=${maven}`],
  ] as const
  return [
    `git push origin v${version}`,
    `npm pack && npm publish ${name}-${version}.tgz${registry}`,
    'docker buildx build --platform linux/amd64,linux/arm64 --provenance=true --sbom=true \\',
    `  --build-arg VERSION=${version} --tag ${image}:${version} --push .`,
    ...helpers.filter(([folder]) => exists(folder)).map(([, command]) => command),
  ]
}
