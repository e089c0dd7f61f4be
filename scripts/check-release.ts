import type { ReleaseFacts } from './release-facts.ts'

/** One check of a release. */
export interface ReleaseCheck {
  readonly name: string
  /** The problems that it found; none if the release passes. */
  readonly problems: readonly string[]
}

/** Checks a release. */
export function checkRelease(facts: ReleaseFacts): readonly ReleaseCheck[] {
  return CHECKS.map(([name, find]) => ({ name, problems: find(facts) }))
}

type Find = (facts: ReleaseFacts) => readonly string[]

const CHECKS: readonly (readonly [name: string, find: Find])[] = [
  ['the version is the same everywhere', findOtherVersions],
  ['the changelog has the version', findInChangelog],
  ['the tag of the version is this commit', findOtherTag],
  ['the package has the files that it needs, and no others', findInPackage],
  ['every package in the programs has its licence text', findWithoutLicense],
  ['the SBOM names a known licence for every package', findUnknownLicenses],
  ['NOTICE names the licences and the SBOM', findInNotice],
  ['the image is built of files that exist', findMissingSources],
  ['both stages of the image have the same pinned base', findOtherBases],
  ['the image has a numeric user, a health check and labels', findInImage],
  ['the workflow files are valid', ({ workflowProblems }) => workflowProblems],
]

function findOtherVersions({ manifest: { version }, versions }: ReleaseFacts): string[] {
  const form = /^\d+\.\d+\.\d+(-[\w.]+)?$/
  const wrong = form.test(version) ? [] : [`package.json: ${version} is no semantic version`]
  const others = Object.entries(versions).filter(([, other]) => other !== version)
  return [...wrong, ...others.map(([file, other]) => `${file}: ${other}, not ${version}`)]
}

function findInChangelog({ manifest: { version }, changelog }: ReleaseFacts): string[] {
  return changelog.split('\n').includes(`## ${version}`) ? [] : [`CHANGELOG.md: no ## ${version}`]
}

function findOtherTag({ manifest: { version }, git: { head, tagged } }: ReleaseFacts): string[] {
  if (tagged === undefined || tagged === head) return []
  return [`v${version} is ${tagged}, not ${head}: raise the version`]
}

/** What a package must have. */
const REQUIRED = [
  ...['dist/bin/mock-gpudb.js', 'dist/lib/index.js', 'dist/lib/index.d.ts', 'dist/openapi.json'],
  ...['dist/page/page.js', 'dist/sbom.cdx.json', 'dist/third-party-licenses.txt'],
  ...['schemas/fixture.schema.json', 'LICENSE', 'NOTICE', 'README.md', 'CHANGELOG.md'],
]

/** What it may have. */
const ALLOWED = [
  /^dist\/(bin|lib|page)\/[\w-]+\.(c?js|d\.ts|css)$/,
  /^dist\/(openapi\.json|sbom\.cdx\.json|third-party-licenses\.txt)$/,
  /^(docs\/[\w-]+\.md|fixtures\/[\w-]+\.(json|yaml)|schemas\/[\w/.-]+\.(json|avsc))$/,
  /^(LICENSE|NOTICE|README\.md|CHANGELOG\.md|package\.json)$/,
]

function findInPackage({ packed }: ReleaseFacts): string[] {
  const missing = REQUIRED.filter((file) => !packed.includes(file))
  const others = packed.filter((file) => !ALLOWED.some((form) => form.test(file)))
  return [
    ...missing.map((file) => `${file} is missing`),
    ...others.map((file) => `${file} is not meant to be in the package`),
  ]
}

/** The least number of lines of a package's name, licence and text. */
const LEAST_LINES = 4

function findWithoutLicense({ licenses }: ReleaseFacts): string[] {
  const [, ...sections] = licenses.split(/^-{72}\n\n/m)
  if (sections.length === 0) return ['dist/third-party-licenses.txt: no package']
  const short = sections.filter((text) => text.trim().split('\n').length < LEAST_LINES)
  return short.map((text) => `${text.trim()}: no text`)
}

/** Licences that let anybody use and distribute the code with its notice. */
const KNOWN_LICENSES: ReadonlySet<unknown> = new Set([
  ...['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0'],
])

function findUnknownLicenses({ components }: ReleaseFacts): string[] {
  const unknown = components.filter(({ licenses }) => {
    return licenses.length === 0 || licenses.some(({ license }) => !KNOWN_LICENSES.has(license?.id))
  })
  return unknown.map(({ name, version, licenses }) => {
    return `${name}@${version}: ${JSON.stringify(licenses)}`
  })
}

function findInNotice({ notice }: ReleaseFacts): string[] {
  const files = ['dist/third-party-licenses.txt', 'dist/sbom.cdx.json']
  return files.filter((file) => !notice.includes(file)).map((file) => `NOTICE lacks ${file}`)
}

/** The paths of the repository that a Dockerfile copies. */
function sourcesOf(dockerfile: string): string[] {
  const copies = Array.from(
    dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm),
    ([, words = '']) => words,
  )
  return [...new Set(copies.flatMap((words) => words.split(' ').slice(0, -1)))]
}

function findMissingSources({ dockerfile, dockerignore, exists }: ReleaseFacts): string[] {
  const kept = dockerignore.split('\n')
  return sourcesOf(dockerfile).flatMap((path) => {
    const missing = exists(path) ? [] : [`Dockerfile: ${path} does not exist`]
    const hidden = kept.includes(`!${path.replace('./', '')}`)
      ? []
      : [`.dockerignore hides ${path}`]
    return [...missing, ...hidden]
  })
}

function findOtherBases({ dockerfile }: ReleaseFacts): string[] {
  const bases = Array.from(dockerfile.matchAll(/^FROM (\S+)/gm), ([, base = '']) => base)
  const unpinned = bases.filter((base) => !/:\d+\.\d+\.\d+-/.test(base))
  return new Set(bases).size === 1 ? unpinned : bases
}

function findInImage({ dockerfile }: ReleaseFacts): string[] {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  const parts = [
    ['a numeric USER', /^USER \d+:\d+$/m],
    ['a HEALTHCHECK', /^HEALTHCHECK /m],
    ['the label of its version', /org\.opencontainers\.image\.version="\$\{VERSION\}"/],
    ['the label of its licences', /org\.opencontainers\.image\.licenses=/],
    ['LICENSE and NOTICE', /^COPY .*\bLICENSE NOTICE\b/m],
  ] as const
  return parts.filter(([, form]) => !form.test(last)).map(([part]) => `Dockerfile lacks ${part}`)
}
