import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { ROOT } from './bundle-options.mjs'

/** Where transpile-all.mjs writes. */
const OUTPUT = join(ROOT, '.transpiled')

/**
 * How esbuild takes the types out. Coverage finds the lines of the source by the source map.
 *
 * @satisfies {import('esbuild').TransformOptions}
 */
const OPTIONS = { loader: 'ts', format: 'esm', target: 'node20.20', sourcemap: 'inline' }

/**
 * The JavaScript of a source.
 *
 * @param {string} source its path
 */
export async function transpile(source) {
  // Loaded when it is needed: most processes find everything transpiled.
  const { transform } = await import('esbuild')
  const text = await readFile(source, 'utf8')
  return (await transform(text, { ...OPTIONS, sourcefile: source })).code
}

/**
 * The JavaScript that transpile-all.mjs made of a source; undefined if the source changed since.
 *
 * @param {string} source its path
 */
export async function findTranspiled(source) {
  const output = transpiledPath(source)
  const made = statSync(output, { throwIfNoEntry: false })
  if (made === undefined || made.mtimeMs <= statSync(source).mtimeMs) return undefined
  return readFile(output, 'utf8')
}

/**
 * The path of the JavaScript of a source.
 *
 * @param {string} source its path
 */
export function transpiledPath(source) {
  return `${join(OUTPUT, relative(ROOT, source))}.js`
}
