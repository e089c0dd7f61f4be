import { readFileSync } from 'node:fs'
import t from 'tap'
import { packageVersion } from '../../src/http/package-version.ts'

t.test('packageVersion() returns the version in package.json', async (t) => {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  t.match(manifest, `"version": "${packageVersion()}"`)
  t.match(packageVersion(), /^\d+\.\d+\.\d+/)
})
