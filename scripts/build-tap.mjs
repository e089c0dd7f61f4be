import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { signature } from '@tapjs/test'
import { ROOT } from './bundle-options.mjs'

// After an installation, tap has all its plugins; each process of a test file would load them. One
// of them compiles TypeScript, and cannot do so with TypeScript 7.
const { tap } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const built = signature.split('\n')
if (built.some((plugin) => tap.plugin.includes(`!${plugin}`))) {
  execFileSync(join(ROOT, 'node_modules/.bin/tap'), ['build'], { cwd: ROOT, stdio: 'inherit' })
}
