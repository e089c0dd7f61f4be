import { type Command, Option } from 'commander'
import { Catalogue } from './avro/catalogue.ts'
import { BAD_FIXTURES, type CliHost, type CommandParts, type ExitCode, OK } from './cli-host.ts'
import { addOptions, configure, readFlags } from './cli-options.ts'
import { describeUnreadable } from './fixture-files/find-files.ts'
import { type FixtureProblem, formatProblem } from './fixture-format/fixture-problem.ts'
import { listContent } from './fixtures/describe-fixtures.ts'
import { type LoadContext, type LoadedFixtures, loadFixtures } from './fixtures/load-fixtures.ts'
import { OWN_ENDPOINTS } from './gpudb/own-endpoints.ts'
import { clusterNames, type RingSeed } from './scope/ring.ts'

/** Adds the command `validate`. */
export function addValidate(program: Command, { host, exit }: CommandParts): void {
  addOptions(program.command('validate'), ['ring'])
    .description('check fixture files without starting a server')
    .argument('<paths...>', 'fixture files or folders of fixture files')
    .addOption(
      new Option('--format <format>', 'the output format')
        .choices(['text', 'json'])
        .default('text'),
    )
    .action((paths: string[], { format }: { format: 'text' | 'json' }, command: Command) => {
      const { ring, config } = readFlags(command)
      const context = fixtureContext(configure({ ring, config }, host.env).ring)
      exit(validate(paths, { format, host, context }))
    })
}

/** What `validate` needs besides paths. */
interface Validation {
  readonly format: 'text' | 'json'
  readonly host: CliHost
  readonly context: LoadContext
}

/** Checks fixtures as `start` does. Problems go to stderr as text, or to stdout as JSON. */
function validate(paths: readonly string[], { format, host, context }: Validation): ExitCode {
  const { problems, absent, ...content } = loadFixtures(paths, context)
  const missing = absent.map((file) => ({ file, message: describeUnreadable('ENOENT') }))
  const all = [...missing, ...findEmpty(content), ...problems]
  if (format === 'json') host.stdout.write(`${JSON.stringify({ problems: all }, null, 2)}\n`)
  else writeProblems(all, host)
  if (all.length > 0) return BAD_FIXTURES
  if (format === 'text') host.stdout.write(`ok: ${listContent(content).join(', ')}\n`)
  return OK
}

/** The folders, if no file was read: their paths are probably wrong. */
function findEmpty({ sources }: Pick<LoadedFixtures, 'sources'>): FixtureProblem[] {
  if (sources.some(({ files }) => files.length > 0)) return []
  return sources.map(({ name }) => ({ file: name, message: 'this folder has no fixture files' }))
}

/** What fixtures are checked with, if no server reads them. `ring` is that of `--ring`. */
export function fixtureContext(ring?: RingSeed): LoadContext {
  return {
    catalogue: new Catalogue(),
    ownEndpoints: OWN_ENDPOINTS,
    defaultDurationMs: 0,
    clusters: clusterNames(ring),
  }
}

/** Writes the problems of fixtures to stderr. */
export function writeProblems(problems: readonly FixtureProblem[], { stderr }: CliHost): void {
  stderr.write(problems.map((problem) => `${formatProblem(problem)}\n`).join(''))
}
