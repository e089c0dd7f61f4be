import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildPage } from './build-page.mjs'
import { buildPrograms } from './build-programs.mjs'
import { listBundledPackages } from './bundled-packages.mjs'
import { renderSbom } from './render-sbom.mjs'
import { ROOT } from './root.mjs'

const TARGET = join(ROOT, 'dist/sbom.cdx.json')
/** The whole SBOM has over 500 packages. */
const MAX_BYTES = 16 * 1024 * 1024

const metafiles = [await buildPrograms({ write: false }), await buildPage({ write: false })]
const flags = ['--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only']
const options = { cwd: ROOT, maxBuffer: MAX_BYTES }
const whole = JSON.parse(execFileSync('npm', ['sbom', ...flags], options).toString())
const { name } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

mkdirSync(dirname(TARGET), { recursive: true })
writeFileSync(TARGET, renderSbom(whole, { name, bundled: listBundledPackages(...metafiles) }))
