import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './bundle-options.mjs'

const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/

/**
 * The licences of the packages in a bundle; they require a copy in every distribution.
 *
 * @param {import('esbuild').Metafile} metafile
 */
export function renderLicenses({ inputs }) {
  const folders = Object.keys(inputs).map((input) => PACKAGE.exec(input)?.[0])
  const texts = [...new Set(folders)].filter((folder) => folder !== undefined).map(renderLicense)
  const head = 'The programs in dist/ contain code of these packages.\n'
  return [head, ...texts.sort()].join(`\n${'-'.repeat(72)}\n\n`)
}

/** @param {string} folder */
function renderLicense(folder) {
  const path = join(ROOT, folder)
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  const file = readdirSync(path).find((name) => /^licen[cs]e/i.test(name))
  const text = file === undefined ? '' : `\n${readFileSync(join(path, file), 'utf8').trim()}\n`
  return `${manifest.name} ${manifest.version} (${manifest.license})\n${text}`
}
