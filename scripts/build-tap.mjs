import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.mjs'

/** The plugins that tap was built with; an installation removes it. */
const BUILT = join(ROOT, 'node_modules/.tap-plugins.json')

// Once installed, tap has all its plugins, and each process of a test file would load them. One of
// them compiles TypeScript, which fails with TypeScript 7.
const { tap } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const wanted = JSON.stringify(tap.plugin)
if (!existsSync(BUILT) || readFileSync(BUILT, 'utf8') !== wanted) {
  execFileSync(join(ROOT, 'node_modules/.bin/tap'), ['build'], { cwd: ROOT, stdio: 'inherit' })
  writeFileSync(BUILT, wanted)
}
