import { isBuildStale } from './stale.mjs'

/** The last one runs the built command. */
const STEPS = ['bundle', 'build-types', 'write-sbom', 'write-openapi']

if (!process.argv.includes('--if-stale') || isBuildStale()) {
  for (const step of STEPS) await import(`./${step}.mjs`)
}
