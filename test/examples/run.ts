import { cpSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import type { Command } from '../clients/client.ts'
import { killAllGroups, runCommand } from '../clients/process-group.ts'
import { EXAMPLES, HELPERS, NPM_INSTALL, TARBALL } from './example.ts'
import { inFolder, renderResults, runExamples } from './run-example.ts'

const HOME = '.examples'
const PACKAGE_HOME = `${HOME}/package`
/** The program of the installed package, relative to HOME. */
const MOCK = 'package/node_modules/.bin/mock-gpudb'
const PACK_LIMIT_MS = 120_000

process.once('exit', killAllGroups)
process.once('SIGINT', () => process.exit(1))
process.once('SIGTERM', () => process.exit(1))

/** Packs the built package and installs it, as a user would. */
async function installPackage(): Promise<void> {
  const packed = [
    'npm',
    'pack',
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    HOME,
  ] as const
  mkdirSync(PACKAGE_HOME, { recursive: true })
  renameSync(`${HOME}/${(await succeed(packed)).trim()}`, `${PACKAGE_HOME}/${TARBALL}`)
  // Without a package.json, npm would install into the package that contains this folder.
  writeFileSync(`${PACKAGE_HOME}/package.json`, '{ "private": true }\n')
  await succeed(inFolder(PACKAGE_HOME, [...NPM_INSTALL, TARBALL]))
}

async function succeed(command: Command): Promise<string> {
  const { ok, reason, stdout, lastOutput } = await runCommand(command, { limitMs: PACK_LIMIT_MS })
  if (!ok) throw new Error(`${command.join(' ')}: ${reason}\n${lastOutput}`)
  return stdout
}

cpSync('examples', HOME, { recursive: true })
cpSync('helpers', `${HOME}/helpers`, { recursive: true })
await installPackage()
const results = await runExamples([...EXAMPLES, ...HELPERS], { home: HOME, mock: MOCK })
process.stdout.write(renderResults(results))
process.exitCode = results.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0
