import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { isTranspiled, transpile, transpiledPath } from './transpile.mjs'

/**
 * Loads TypeScript in place of tap's own plugin, which loads the whole compiler in the process of
 * every test file. Types are checked by `tsc -p test`.
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
