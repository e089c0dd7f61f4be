import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ROOT } from './root.mjs'

/** The maximum number of bytes of script and style sheet together, compressed by gzip. */
const MAX_BYTES = 40 * 1024

/**
 * The live page: one script and one style sheet for browsers.
 *
 * @satisfies {import('esbuild').BuildOptions}
 */
const PAGE_OPTIONS = {
  absWorkingDir: ROOT,
  entryPoints: [
    { in: 'src/page/main.tsx', out: 'page' },
    { in: 'src/page/style.css', out: 'page' },
  ],
  bundle: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  tsconfig: 'src/page/tsconfig.json',
  outdir: 'dist/page',
  minify: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
}

/**
 * Bundles the live page, and returns the metafile. Throws Error if its files are too large.
 *
 * @param {{ readonly write: boolean }} options whether to write the files, besides describing them
 */
export async function buildPage({ write }) {
  // Loaded on first use: a bundle that is not stale needs none of it.
  const { build } = await import('esbuild')
  const { metafile, outputFiles } = await build(PAGE_OPTIONS)
  const bytes = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0)
  if (bytes > MAX_BYTES) {
    throw new Error(`Cannot bundle the page: ${bytes} bytes compressed, at most ${MAX_BYTES}`)
  }
  for (const { path, contents } of write ? outputFiles : []) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, contents)
  }
  return metafile
}
