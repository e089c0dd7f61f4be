import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listBundledPackages } from './bundled-packages.mjs'

/**
 * The licences of the packages in bundles; they require a copy in every distribution.
 *
 * @param {import('esbuild').Metafile[]} metafiles
 */
export function renderLicenses(...metafiles) {
  const head = 'The programs in dist/ contain code of these packages.\n'
  const texts = listBundledPackages(...metafiles).map(renderLicense)
  return [head, ...texts].join(`\n${'-'.repeat(72)}\n\n`)
}

/** @param {import('./bundled-packages.mjs').BundledPackage} one */
function renderLicense({ name, version, license, author, homepage, folder }) {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  const text =
    file === undefined
      ? `Copyright (c) ${author}, ${homepage}\n\nThe package has no file with the text of ${license}: see the packages below.`
      : readFileSync(join(folder, file), 'utf8').trim()
  return `${name} ${version} (${license})\n\n${text}\n`
}
