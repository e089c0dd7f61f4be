import { cpSync, mkdirSync, renameSync } from 'node:fs'
import type { Command } from '../clients/client.ts'
import { killAllGroups, runCommand } from '../clients/process-group.ts'
import { EXAMPLES } from './example.ts'
import { type ExampleResult, renderResults, runExample } from './run-example.ts'

const HOME = '.examples'
const TARBALL = `${HOME}/mock-gpudb.tgz`
const PACKAGE_HOME = `${HOME}/package`
/** The command of the installed package, seen from a folder in HOME. */
const MOCK = '../package/node_modules/.bin/mock-gpudb'
const PACK_LIMIT_MS = 120_000

process.once('exit', killAllGroups)
process.once('SIGINT', () => process.exit(1))
process.once('SIGTERM', () => process.exit(1))

/** Packs the built package and installs it, as a user would. */
async function installPackage(): Promise<void> {
  mkdirSync(PACKAGE_HOME, { recursive: true })
  const packed = [
    'npm',
    'pack',
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    HOME,
  ] as const
  renameSync(`${HOME}/${(await succeed(packed)).trim()}`, TARBALL)
  const flags = ['--no-audit', '--no-fund', '--loglevel=error', '--prefix', PACKAGE_HOME]
  await succeed(['npm', 'install', ...flags, TARBALL])
}

async function succeed(command: Command): Promise<string> {
  const { ok, reason, stdout, lastOutput } = await runCommand(command, { limitMs: PACK_LIMIT_MS })
  if (!ok) throw new Error(`${command.join(' ')}: ${reason}\n${lastOutput}`)
  return stdout
}

cpSync('examples', HOME, { recursive: true })
await installPackage()
const results: ExampleResult[] = []
for (const example of EXAMPLES) {
  results.push(await runExample(example, { home: HOME, mock: MOCK }))
}
process.stdout.write(renderResults(results))
process.exitCode = results.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0
