import { build } from 'esbuild'
import { BUNDLE_OPTIONS } from './bundle-options.mjs'

const PROGRAMS = [
  'run',
  'bare-http',
  'bare-fastify',
  'bare-fastify-schemas',
  'million-jobs',
  'soaked-mock',
]

await build({
  ...BUNDLE_OPTIONS,
  entryPoints: PROGRAMS.map((name) => `bench/${name}.ts`),
  packages: 'external',
  outdir: 'dist/bench',
})
// The mock is bundled; for a fair comparison, the bare Fastify is too.
await build({
  ...BUNDLE_OPTIONS,
  entryPoints: ['bench/bare-fastify.ts'],
  outfile: 'dist/bench/bare-fastify-bundled.js',
})
