import { BUNDLE_OPTIONS } from './bundle-options.mjs'

/**
 * Options for bundling the command and the library. Shared code is in chunks, so that the package
 * contains it once. All files are two folders below the root, from where they find schemas/.
 *
 * @satisfies {import('esbuild').BuildOptions}
 */
export const PROGRAM_OPTIONS = {
  ...BUNDLE_OPTIONS,
  entryPoints: { 'bin/mock-gpudb': 'src/bin.ts', 'lib/index': 'src/index.ts' },
  outdir: 'dist',
  chunkNames: 'lib/[name]-[hash]',
  splitting: true,
  metafile: true,
}
