import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { idOf } from './package-id.mjs'
import { ROOT } from './root.mjs'

/**
 * A package with code in a bundle.
 *
 * @typedef {{
 *   name: string,
 *   version: string,
 *   license: string,
 *   author: string,
 *   homepage: string,
 *   folder: string,
 * }} BundledPackage
 */

const FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/

/**
 * The packages with code in bundles, in the order of their names; each version once, also if it is
 * installed twice.
 *
 * @param {import('esbuild').Metafile[]} metafiles
 * @returns {BundledPackage[]}
 */
export function listBundledPackages(...metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs))
  const folders = inputs.flatMap((input) => FOLDER.exec(input)?.[0] ?? [])
  const packages = [...new Set(folders)].map(readPackage)
  const byId = new Map(packages.map((one) => [idOf(one), one]))
  return [...byId.keys()].sort().flatMap((id) => byId.get(id) ?? [])
}

/**
 * @param {string} relative
 * @returns {BundledPackage}
 */
function readPackage(relative) {
  const folder = join(ROOT, relative)
  const text = readFileSync(join(folder, 'package.json'), 'utf8')
  const { name, version, license, author, homepage } = JSON.parse(text)
  return { name, version, license, author: author?.name ?? author, homepage, folder }
}
