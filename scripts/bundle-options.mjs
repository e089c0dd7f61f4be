import { readFile } from 'node:fs/promises'
import { sep } from 'node:path'
import { ROOT } from './root.mjs'

const SRC = `${ROOT}src${sep}`
const OWN_REQUIRE = /^const require = createRequire\(import\.meta\.url\)$/m

/**
 * Sources load some packages on first use, with a `require` that they create. esbuild bundles
 * packages loaded by `require` only if the file does not declare that name.
 *
 * @type {import('esbuild').Plugin}
 */
const bundleLazyPackages = {
  name: 'bundle-lazy-packages',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!path.startsWith(SRC)) return undefined
      const text = await readFile(path, 'utf8')
      return { contents: text.replace(OWN_REQUIRE, ''), loader: 'ts' }
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
  // The build of yaml for Node reads process.env for each token, which takes an eighth of its time.
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  // A native module cannot be bundled.
  external: ['snappy'],
  plugins: [bundleLazyPackages],
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
  logLevel: 'warning',
}
