import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The version in package.json. */
export function packageVersion(): string {
  const { version }: { version: string } = require('../../package.json')
  return version
}
