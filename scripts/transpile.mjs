import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { ROOT } from './root.mjs'

/**
 * Options for removing types with esbuild. Coverage uses the source map.
 *
 * @satisfies {import('esbuild').TransformOptions}
 */
const OPTIONS = { loader: 'ts', format: 'esm', target: 'node20.20', sourcemap: 'inline' }

/**
 * Returns the JavaScript of a source.
 *
 * @param {string} source its path
 */
export async function transpile(source) {
  // Loaded on first use: most processes find everything transpiled.
  const { transform } = await import('esbuild')
  const text = await readFile(source, 'utf8')
  return (await transform(text, { ...OPTIONS, sourcefile: source })).code
}

/**
 * Whether the JavaScript that transpile-all.mjs wrote is newer than its source.
 *
 * @param {string} source its path
 */
export function isTranspiled(source) {
  const made = statSync(transpiledPath(source), { throwIfNoEntry: false })
  return made !== undefined && made.mtimeMs > statSync(source).mtimeMs
}

/**
 * The path to which transpile-all.mjs writes the JavaScript of a source.
 *
 * @param {string} source its path
 */
export function transpiledPath(source) {
  return `${join(ROOT, '.transpiled', relative(ROOT, source))}.js`
}
