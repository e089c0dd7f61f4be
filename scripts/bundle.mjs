import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildPage } from './build-page.mjs'
import { buildPrograms } from './build-programs.mjs'
import { renderLicenses } from './render-licenses.mjs'
import { ROOT } from './root.mjs'

/** The inputs of the bundle, relative to the root. */
const SOURCE_FOLDERS = ['src', 'scripts']
const SOURCE_FILES = ['package.json', 'package-lock.json']
/** The folders that hold the bundle. */
const BUNDLE_FOLDERS = ['dist/bin', 'dist/lib']
/** Written last: a newer source was changed after the bundle was built. */
const LICENSES = 'dist/third-party-licenses.txt'

if (!process.argv.includes('--if-stale') || isStale()) await bundle()

/** Bundles the command, the library and the live page, and removes the files of earlier bundles. */
async function bundle() {
  const metafile = await buildPrograms({ write: true })
  for (const file of BUNDLE_FOLDERS.flatMap(listFiles)) {
    if (/\.c?js$/.test(file) && !(file in metafile.outputs)) rmSync(join(ROOT, file))
  }
  const page = await buildPage({ write: true })
  writeFileSync(join(ROOT, LICENSES), renderLicenses(metafile, page))
}

function isStale() {
  const madeAtMs = changedAtMs(LICENSES)
  // Folders too: they change when a file in them is removed.
  const sources = [...SOURCE_FILES, ...SOURCE_FOLDERS, ...SOURCE_FOLDERS.flatMap(listFiles)]
  return sources.some((source) => changedAtMs(source) > madeAtMs)
}

/** @param {string} path */
function changedAtMs(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** @param {string} folder */
function listFiles(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
    (name) => `${folder}/${name.replaceAll('\\', '/')}`,
  )
}
