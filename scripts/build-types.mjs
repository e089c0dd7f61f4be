import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor'
import { ROOT } from './root.mjs'

/** The folder in which `tsc -p .` writes the declarations of every module. */
const MODULES = join(ROOT, 'dist/types')
const ENTRY = join(MODULES, 'index.d.ts')
/** The declarations of the package; scripts/api-extractor.json names the same file. */
const ROLLUP = join(ROOT, 'dist/lib/index.d.ts')
const CONSTRUCTOR = /^ {4}(?:private |protected )?constructor\([\s\S]*?\);$/gm

rmSync(MODULES, { recursive: true, force: true })
execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', ROOT], { stdio: 'inherit' })
hideConstructors()
rollUp()
exportAsIndex()

/**
 * Makes constructors protected, without parameters: users receive objects from `startMockGpudb()` and
 * errors that it throws, and construct none. The parameters would add all internal types.
 */
function hideConstructors() {
  for (const name of readdirSync(MODULES, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue
    const file = join(MODULES, name)
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace(CONSTRUCTOR, '    protected constructor();'))
  }
}

/** Collects the exports of index.d.ts, and the types that they need, in one file. */
function rollUp() {
  const config = ExtractorConfig.loadFileAndPrepare(join(ROOT, 'scripts/api-extractor.json'))
  const { succeeded } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      if (message.logLevel === 'info') message.handled = true
    },
  })
  if (!succeeded) throw new Error('Cannot bring the declarations together: see the errors above')
}

/** Restores the exports of index.d.ts: the rollup exports types as if they were values. */
function exportAsIndex() {
  const body = readFileSync(ROLLUP, 'utf8')
    .replaceAll(/^export (?=declare )/gm, '')
    .replace(/^export \{ \}\n/m, '')
  const head = '/// <reference lib="esnext.disposable" />\n\n'
  const exports = readFileSync(ENTRY, 'utf8').replaceAll(/ from '[^']+'/g, '')
  writeFileSync(ROLLUP, `${head}${body.trim()}\n\n${exports}`)
}
