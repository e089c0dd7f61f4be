import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

let loaded: typeof import('prom-client') | undefined

/** The package prom-client. Loaded at the first scrape: most mocks have none. */
export function loadPromClient(): typeof import('prom-client') {
  const client: typeof import('prom-client') = loaded ?? require('prom-client')
  loaded = client
  return client
}
