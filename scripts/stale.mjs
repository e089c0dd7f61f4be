import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.mjs'

/** The inputs of the build, relative to the root. */
const SOURCE_FOLDERS = ['src', 'scripts']
const SOURCE_FILES = ['package.json', 'package-lock.json', 'tsconfig.json']
/** Written last by the bundle: a newer source was changed after it was built. */
export const BUNDLED_LAST = 'dist/third-party-licenses.txt'
/** Written last by the build: if the bundle is newer, the rest was not built from the same sources. */
const BUILT_LAST = 'dist/openapi.json'

/** Whether a source is newer than the bundle, or there is no bundle. */
export function isBundleStale() {
  const madeAtMs = changedAtMs(BUNDLED_LAST)
  // Folders too: they change when a file in them is removed.
  const sources = [...SOURCE_FILES, ...SOURCE_FOLDERS, ...SOURCE_FOLDERS.flatMap(listFiles)]
  return sources.some((source) => changedAtMs(source) > madeAtMs)
}

/** Whether a source is newer than the build, or the build did not end. */
export function isBuildStale() {
  return isBundleStale() || changedAtMs(BUNDLED_LAST) > changedAtMs(BUILT_LAST)
}

/** @param {string} path */
function changedAtMs(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/**
 * The paths of all that is in a folder, from the root.
 *
 * @param {string} folder
 */
export function listFiles(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
    (name) => `${folder}/${name.replaceAll('\\', '/')}`,
  )
}
