import { readFile } from 'node:fs/promises'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../', import.meta.url))

const SRC = `${ROOT}src${sep}`
const OWN_REQUIRE = /^const require = createRequire\(import\.meta\.url\)$/m

/**
 * Sources load some packages when they are first needed, with a `require` that they create. esbuild
 * bundles what a `require` loads only if the file does not declare that name.
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
 * How a program for Node becomes a bundle that holds its packages.
 *
 * @satisfies {import('esbuild').BuildOptions}
 */
export const BUNDLE_OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.20',
  // Packages that have modules are smaller that way: esbuild leaves out what is unused.
  mainFields: ['module', 'main'],
  // It has native code.
  external: ['snappy'],
  plugins: [bundleLazyPackages],
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
  logLevel: 'warning',
}
