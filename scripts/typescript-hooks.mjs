import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { isTranspiled, transpile, transpiledPath } from './transpile.mjs'

/**
 * Loads TypeScript instead of tap's plugin, which loads the whole compiler in the process of every
 * test file. `tsc -p test` checks the types.
 *
 * @type {import('node:module').LoadHook}
 */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context)
  const source = fileURLToPath(url)
  const code = isTranspiled(source)
    ? await readFile(transpiledPath(source), 'utf8')
    : await transpile(source)
  return { format: 'module', source: code, shortCircuit: true }
}
