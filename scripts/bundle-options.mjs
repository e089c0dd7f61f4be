import { readFile } from 'node:fs/promises'
import { sep } from 'node:path'
import { ROOT } from './root.mjs'

const SRC = `${ROOT}src${sep}`
const OWN_REQUIRE = /^const require = createRequire\(import\.meta\.url\)$/m

/**
 * Sources load some packages on first use, with a `require` that they create. esbuild follows
 * `require` only if the file does not declare that name.
 *
 * @type {import('esbuild').Plugin}
 */
const followRequire = {
  name: 'follow-require',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!path.startsWith(SRC)) return undefined
      const text = await readFile(path, 'utf8')
      return { contents: text.replace(OWN_REQUIRE, ''), loader: 'ts' }
    })
  },
}

/**
 * Gets node:http by `require`. An import reads every export, also those for which Node 22 and later load
 * undici: a tenth of the start time.
 *
 * @type {import('esbuild').Plugin}
 */
const requireHttp = {
  name: 'require-http',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:http$/ }, ({ path, kind }) => {
      return kind === 'import-statement' ? { path, namespace: 'required' } : undefined
    })
    onLoad({ filter: /^/, namespace: 'required' }, ({ path }) => {
      return { contents: `module.exports = require('${path}')` }
    })
  },
}

/**
 * Options for bundling a program for Node together with its packages.
 *
 * @satisfies {import('esbuild').BuildOptions}
 */
export const BUNDLE_OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.20',
  // esbuild omits unused code of packages only if they have ES modules.
  mainFields: ['module', 'main'],
  alias: {
    // The build of yaml for Node reads process.env for each token, which takes an eighth of its time.
    yaml: './node_modules/yaml/browser/index.js',
    // Without files and remote calls of Avro, which would take as long to load as the types.
    avsc: './node_modules/avsc/etc/browser/avsc-types.js',
  },
  // A native module cannot be bundled.
  external: ['snappy'],
  plugins: [followRequire, requireHttp],
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
  logLevel: 'warning',
}
