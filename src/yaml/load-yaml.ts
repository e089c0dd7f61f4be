import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

let loaded: typeof import('yaml') | undefined

/** The package yaml. Loaded on first use: many mocks never need it, and it is large. */
export function loadYaml(): typeof import('yaml') {
  const yaml: typeof import('yaml') = loaded ?? require('yaml')
  loaded = yaml
  return yaml
}
