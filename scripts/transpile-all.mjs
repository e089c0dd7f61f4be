import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from './root.mjs'
import { isTranspiled, transpile, transpiledPath } from './transpile.mjs'

/** The folders with TypeScript that runs unbundled. */
const FOLDERS = ['src', 'test', 'scripts', 'bench']

// Runs before the tests, so that the processes of the test files find everything transpiled.
await Promise.all(FOLDERS.flatMap(listSources).map(writeTranspiled))

/** @param {string} folder */
function listSources(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(ROOT, folder, name))
}

/** @param {string} source */
async function writeTranspiled(source) {
  if (isTranspiled(source)) return
  const code = await transpile(source)
  const output = transpiledPath(source)
  mkdirSync(dirname(output), { recursive: true })
  writeFileSync(output, code)
}
