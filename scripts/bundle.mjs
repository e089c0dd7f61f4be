import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildPage } from './build-page.mjs'
import { buildPrograms } from './build-programs.mjs'
import { renderLicenses } from './render-licenses.mjs'
import { ROOT } from './root.mjs'
import { BUNDLED_LAST, isBundleStale, listFiles } from './stale.mjs'

/** The folders that hold the bundle. */
const BUNDLE_FOLDERS = ['dist/bin', 'dist/lib']

if (!process.argv.includes('--if-stale') || isBundleStale()) await bundle()

/** Bundles the command, the library and the live page, and removes the files of earlier bundles. */
async function bundle() {
  const metafile = await buildPrograms({ write: true })
  for (const file of BUNDLE_FOLDERS.flatMap(listFiles)) {
    if (/\.c?js$/.test(file) && !(file in metafile.outputs)) rmSync(join(ROOT, file))
  }
  const page = await buildPage({ write: true })
  writeFileSync(join(ROOT, BUNDLED_LAST), renderLicenses(metafile, page))
}
