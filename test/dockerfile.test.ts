import { readFileSync } from 'node:fs'
import t from 'tap'
import { packageVersion } from '../src/http/package-version.ts'

t.test('the label of the image has the version of the package', async (t) => {
  const dockerfile = readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8')
  t.equal(/^ARG VERSION=(.+)$/m.exec(dockerfile)?.[1], packageVersion())
})
