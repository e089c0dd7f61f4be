import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'

/** How esbuild takes the types out; the source map is what coverage is told by. */
const OPTIONS = { loader: 'ts', format: 'esm', target: 'node20', sourcemap: 'inline' }

/**
 * Loads TypeScript in place of tap's own plugin, which loads the whole compiler in the process of
 * every test file. Types are checked by `tsc -p test`.
 */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context)
  const sourcefile = fileURLToPath(url)
  const text = await readFile(sourcefile, 'utf8')
  const { code } = await transform(text, { ...OPTIONS, sourcefile })
  return { format: 'module', source: code, shortCircuit: true }
}
