import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BUNDLE_OPTIONS } from './bundle-options.mjs'
import { ROOT } from './root.mjs'

/**
 * The packages that sources load on first use, each with the name of its file in the bundle: Node
 * parses a chunk as a whole, also what no run needs.
 */
const LAZY_PACKAGES = new Map([
  ['csv-parse/sync', 'csv-parse'],
  ['prom-client', 'prom-client'],
  ['re2js', 're2js'],
  ['semver', 'semver'],
  ['yaml', 'yaml'],
])

/**
 * Packages that Fastify requires for compilers of schemas and for calls without a server, and pino for
 * threads. The mock replaces the first, and never uses the others.
 */
const UNUSED_PACKAGES = [
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
  'light-my-request',
  'thread-stream',
]

/** Modules that Fastify and pino require when they are loaded, and use rarely or never. */
const DEFERRED_MODULES = ['node:http2', 'semver', 'thread-stream']

/**
 * The sources that a program loads when it needs them, each with the source that it has loaded before.
 * What both need is then in chunks of the latter: without this, each set of sources that need a file is a
 * chunk, and each chunk takes milliseconds of the start.
 */
const LATER_SOURCES = new Map([
  ['src/cli-recording.ts', 'src/cli-process.ts'],
  ['src/cli-showing.ts', 'src/cli-process.ts'],
  ['src/http/control-app.ts', 'src/index.ts'],
  ['src/control-routes/control-routes.ts', 'src/index.ts'],
  ['src/control-routes/render-openapi.ts', 'src/index.ts'],
])

/**
 * Keeps what a start loads in few chunks.
 *
 * @type {import('esbuild').Plugin}
 */
const joinChunks = {
  name: 'join-chunks',
  setup({ onLoad }) {
    const sources = new Map(
      Array.from(LATER_SOURCES, ([later, before]) => [join(ROOT, later), join(ROOT, before)]),
    )
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const before = sources.get(path)
      if (before === undefined) return undefined
      const text = await readFile(path, 'utf8')
      return { contents: `${text}\nimport ${JSON.stringify(before)}`, loader: 'ts' }
    })
  },
}

/**
 * Lets packages load deferred modules when they first use them.
 *
 * @type {import('esbuild').Plugin}
 */
const deferModules = {
  name: 'defer-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^/ }, ({ path, kind, namespace }) => {
      const isDeferred = kind === 'require-call' && DEFERRED_MODULES.includes(path)
      return isDeferred && namespace === 'file' ? { path, namespace: 'deferred' } : undefined
    })
    onLoad({ filter: /^/, namespace: 'deferred' }, ({ path }) => {
      const get = `(_, name) => require('${path}')[name]`
      return { contents: `module.exports = new Proxy({}, { get: ${get} })` }
    })
  },
}

/**
 * Makes chunks load lazy packages from their own files.
 *
 * @type {import('esbuild').Plugin}
 */
const loadLazily = {
  name: 'load-lazily',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      const name = LAZY_PACKAGES.get(path)
      if (name === undefined || kind !== 'require-call') return undefined
      return { path: `./${name}.cjs`, external: true }
    })
  },
}

/**
 * Options for bundling the command and the library. Shared code is in chunks, so that the package
 * contains it once. All files are two folders below the root, from where they find schemas/.
 *
 * @satisfies {import('esbuild').BuildOptions}
 */
const CHUNKS = {
  ...BUNDLE_OPTIONS,
  entryPoints: { 'bin/mock-gpudb': 'src/bin.ts', 'lib/index': 'src/index.ts' },
  external: [...BUNDLE_OPTIONS.external, ...UNUSED_PACKAGES],
  plugins: [joinChunks, deferModules, loadLazily, ...BUNDLE_OPTIONS.plugins],
  outdir: 'dist',
  chunkNames: 'lib/[name]-[hash]',
  splitting: true,
  metafile: true,
}

/**
 * Options for bundling the lazy packages: `require` of Node 20 loads no ES modules.
 *
 * @satisfies {import('esbuild').BuildOptions}
 */
const LAZY_FILES = {
  ...BUNDLE_OPTIONS,
  format: 'cjs',
  banner: {},
  entryPoints: Array.from(LAZY_PACKAGES, ([name, out]) => ({ in: name, out: `lib/${out}` })),
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  metafile: true,
}

/**
 * Bundles the command and the library. Resolves with the description of all files.
 *
 * @param {{ write: boolean }} options
 * @returns {Promise<import('esbuild').Metafile>}
 */
export async function buildPrograms({ write }) {
  const { build } = await import('esbuild')
  const [chunks, lazy] = await Promise.all([
    build({ ...CHUNKS, write }),
    build({ ...LAZY_FILES, write }),
  ])
  return {
    inputs: { ...chunks.metafile.inputs, ...lazy.metafile.inputs },
    outputs: { ...chunks.metafile.outputs, ...lazy.metafile.outputs },
  }
}
