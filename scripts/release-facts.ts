import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { lintWorkflows } from './lint-workflows.ts'

/** A component of the SBOM. */
export interface SbomComponent {
  readonly name: string
  readonly version: string
  readonly licenses: readonly { readonly license?: { readonly id?: string } }[]
}

/** What a release consists of, after the build. */
export interface ReleaseFacts {
  readonly manifest: { readonly name: string; readonly version: string }
  /** The versions that must be that of the manifest, by the files that have them. */
  readonly versions: Readonly<Record<string, string | undefined>>
  readonly changelog: string
  readonly notice: string
  /** The licences of the packages in the programs. */
  readonly licenses: string
  readonly components: readonly SbomComponent[]
  /** The paths of the files in the package. */
  readonly packed: readonly string[]
  readonly dockerfile: string
  readonly dockerignore: string
  /** Whether a path of the repository exists. */
  readonly exists: (path: string) => boolean
  /** The findings of the linter in the workflow files, as `file:line:column: message`. */
  readonly workflowProblems: readonly string[]
  readonly git: GitState
}

/** The state of the repository. */
export interface GitState {
  readonly head: string
  /** The commit of the tag of this version; undefined without one. */
  readonly tagged: string | undefined
  /** The files that differ from the commit, as git lists them. */
  readonly changed: readonly string[]
}

const MAX_BYTES = 16 * 1024 * 1024

/** Collects the facts of a repository that is built. */
export async function readReleaseFacts(): Promise<ReleaseFacts> {
  const manifest = readJson('package.json')
  const dockerfile = read('Dockerfile')
  const sbom = readJson('dist/sbom.cdx.json')
  return {
    manifest,
    versions: {
      'package-lock.json': readJson('package-lock.json').version,
      'dist/openapi.json': readJson('dist/openapi.json').info.version,
      'dist/sbom.cdx.json': sbom.metadata.component.version,
      Dockerfile: /^ARG VERSION=(.+)$/m.exec(dockerfile)?.[1],
      ...helperVersions(),
    },
    changelog: read('CHANGELOG.md'),
    notice: read('NOTICE'),
    licenses: read('dist/third-party-licenses.txt'),
    components: sbom.components,
    packed: listPacked(),
    dockerfile,
    dockerignore: read('.dockerignore'),
    exists: existsSync,
    workflowProblems: await lintWorkflows(),
    git: readGit(`v${manifest.version}`),
  }
}

/** The versions of helpers that packages are made of; that of Go is copied. */
function helperVersions(): Record<string, string | undefined> {
  const forms = {
    'helpers/python/pyproject.toml': /^version = "(.+)"$/m,
    'helpers/java/pom.xml': /<version>(.+?)<\/version>/,
  }
  const present = Object.entries(forms).filter(([file]) => existsSync(file))
  return Object.fromEntries(present.map(([file, form]) => [file, form.exec(read(file))?.[1]]))
}

function listPacked(): string[] {
  const flags = ['pack', '--dry-run', '--ignore-scripts', '--json']
  const [{ files }] = JSON.parse(execFileSync('npm', flags, { maxBuffer: MAX_BYTES }).toString())
  return files.map(({ path }: { readonly path: string }) => path)
}

/** Without a repository, as in an archive of the sources, there is nothing to compare. */
function readGit(tag: string): GitState {
  if (!existsSync('.git')) return { head: '', tagged: undefined, changed: [] }
  const git = (...words: string[]) => execFileSync('git', words).toString().trim()
  const tagged = git('tag', '--list', tag) === '' ? undefined : git('rev-list', '-n', '1', tag)
  const status = git('status', '--porcelain')
  return {
    head: git('rev-parse', 'HEAD'),
    tagged,
    changed: status === '' ? [] : status.split('\n'),
  }
}

function read(file: string): string {
  return readFileSync(file, 'utf8')
}

function readJson(file: string) {
  return JSON.parse(read(file))
}
