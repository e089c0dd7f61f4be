import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

/** The rooms that a room may import besides itself; files at the top of src may import all. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  clock: [],
  // Durations are parsed by documents.
  documents: ['clock'],
  yaml: ['documents'],
  avro: ['documents'],
  jobs: ['clock'],
  // A pattern is a value of a request.
  patterns: ['documents', 'jobs'],
  // An explanation finds the key that was probably meant.
  rules: ['documents', 'jobs', 'patterns'],
  tables: ['avro', 'documents', 'jobs'],
  scope: ['clock', 'jobs', 'patterns', 'rules', 'tables'],
  // Rows have files of their own.
  'fixture-files': ['clock', 'documents', 'jobs', 'rules', 'tables', 'yaml'],
  // The keys and their values are checked as what they become.
  'fixture-format': ['avro', 'documents', 'jobs', 'patterns', 'rules', 'scope', 'tables'],
  'fixture-writing': ['documents', 'fixture-format', 'jobs', 'rules', 'scope', 'tables'],
  // Fixtures have clusters and timelines.
  fixtures: [
    'avro',
    'clock',
    'documents',
    'fixture-files',
    'fixture-format',
    'fixture-writing',
    'jobs',
    'patterns',
    'rules',
    'scope',
    'tables',
    'yaml',
  ],
  // Damage inside a message is a kind of fault.
  wire: ['avro', 'documents', 'jobs', 'rules'],
  'gpudb-parts': ['avro', 'jobs', 'scope', 'tables', 'wire'],
  'table-endpoints': ['avro', 'documents', 'gpudb-parts', 'jobs', 'tables', 'wire'],
  // /create/job and /get/job contain a message inside a message, so gpudb uses the codec of wire.
  gpudb: [
    'avro',
    'documents',
    'gpudb-parts',
    'jobs',
    'patterns',
    'rules',
    'scope',
    'table-endpoints',
    'tables',
    'wire',
  ],
  // The control API reads and writes records like fixtures.
  'control-parts': [
    'avro',
    'clock',
    'documents',
    'fixture-format',
    'fixture-writing',
    'fixtures',
    'jobs',
    'patterns',
    'rules',
    'scope',
  ],
  control: [
    'clock',
    'control-parts',
    'documents',
    'fixture-format',
    'fixture-writing',
    'fixtures',
    'gpudb',
    'gpudb-parts',
    'jobs',
    'patterns',
    'rules',
    'scope',
    'tables',
  ],
  // Resetting a connection is a kind of fault.
  connections: ['clock', 'documents', 'rules'],
  // The output of one turn of the event loop is one write.
  process: ['clock', 'documents'],
  exchanges: ['avro', 'documents', 'fixture-format', 'jobs', 'scope', 'tables', 'wire'],
  // Recorded calls are read like those of the mock, and become fixtures.
  recording: [
    'avro',
    'clock',
    'documents',
    'exchanges',
    'fixture-format',
    'fixture-writing',
    'fixtures',
    'gpudb',
    'gpudb-parts',
    'jobs',
    'patterns',
    'rules',
    'scope',
    'tables',
    'wire',
    'yaml',
  ],
  // The proxy passes bytes, and rewrites one answer.
  record: [
    'avro',
    'clock',
    'connections',
    'documents',
    'exchanges',
    'fixture-format',
    'fixtures',
    'recording',
    'wire',
    'yaml',
  ],
  // The commands only use the public control API, and of control only types.
  terminal: ['clock', 'control', 'control-parts', 'documents'],
  // What a call is answered with, without Fastify.
  calls: [
    'avro',
    'connections',
    'documents',
    'gpudb',
    'gpudb-parts',
    'jobs',
    'rules',
    'scope',
    'wire',
  ],
  metrics: ['calls', 'clock', 'control-parts', 'jobs', 'scope'],
  'http-parts': ['calls', 'clock', 'connections', 'documents', 'scope', 'wire'],
  'control-routes': [
    'clock',
    'connections',
    'control',
    'control-parts',
    'documents',
    'fixture-format',
    'fixtures',
    'http-parts',
    'jobs',
    'rules',
    'scope',
    'tables',
    'yaml',
  ],
  http: [
    'avro',
    'calls',
    'clock',
    'connections',
    'control-parts',
    'control-routes',
    'documents',
    'http-parts',
    'jobs',
    'metrics',
    'patterns',
    'rules',
    'scope',
    'tables',
    'wire',
  ],
  // The live page is a program for browsers: see the last test. Its state needs no DOM.
  'page-state': ['clock', 'control', 'control-parts', 'documents'],
  'page-parts': ['documents', 'page-state'],
  'page-lists': ['clock', 'documents', 'page-parts', 'page-state'],
  page: ['clock', 'documents', 'page-lists', 'page-parts', 'page-state'],
}

/** The rooms that answer HTTP by Fastify. */
const FASTIFY_ROOMS = ['http', 'http-parts', 'control-routes']

/** The rooms of the live page. */
const PAGE_ROOMS = ['page', 'page-lists', 'page-parts', 'page-state']

/** The rooms that own packages and modules; `config-files.ts` reads the files of options. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  avsc: ['avro'],
  snappy: ['wire'],
  re2js: ['patterns'],
  'pure-rand': ['rules'],
  yaml: ['yaml'],
  'jsonc-parser': ['documents'],
  'csv-parse/sync': ['fixture-files'],
  fastify: FASTIFY_ROOMS,
  '@fastify/type-provider-typebox': FASTIFY_ROOMS,
  '@fastify/swagger': FASTIFY_ROOMS,
  'get-east-asian-width': ['terminal'],
  preact: PAGE_ROOMS,
  'preact/hooks': PAGE_ROOMS,
  '@preact/signals': PAGE_ROOMS,
  'prom-client': ['metrics'],
  // The routes of the live page read its files.
  'node:fs': ['avro', 'control-routes', 'fixture-files', 'fixtures', 'record', 'config-files.ts'],
}

interface Import {
  readonly file: string
  /** The room, or the name of a file at the top of src. */
  readonly room: string
  readonly target: string
}

const imports: readonly Import[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .flatMap((file) => {
    const text = readFileSync(`${SRC}/${file}`, 'utf8')
    const targets = text.matchAll(/(?:\bfrom |\bimport\(|\brequire\()'([^']+)'/g)
    const room = file.split('/')[0] ?? ''
    return Array.from(targets, ([, target = '']) => ({ file, room, target }))
  })

t.test('a room imports only the rooms in its list', async (t) => {
  const rooms = new Set(imports.map(({ room }) => room).filter((room) => !room.endsWith('.ts')))
  t.strictSame([...rooms].sort(), Object.keys(ROOMS).sort(), 'the table names every room')
  const crossing = imports.flatMap(({ file, room, target }) => {
    const [, other] = /^\.\.\/([^./]+)\//.exec(target) ?? []
    const allowed = other === undefined || ROOMS[room]?.includes(other)
    return allowed ? [] : [`${file} imports ${target}`]
  })
  t.strictSame(crossing, [])
})

t.test('a room has at most 27 files', async (t) => {
  const large = Object.keys(ROOMS).filter((room) => readdirSync(`${SRC}/${room}`).length > 27)
  t.strictSame(large, [])
})

t.test('a package is used only by the rooms that own it', async (t) => {
  const strangers = imports
    .filter(({ room, target }) => OWNERS[target]?.includes(room) === false)
    .map(({ file, target }) => `${file} imports ${target}`)
  t.strictSame(strangers, [])
})

t.test('rooms are flat, and relative imports have the file extension', async (t) => {
  const deep = imports.filter(({ file }) => file.split('/').length > 2)
  t.strictSame(deep, [])
  const vague = imports.filter(({ target }) => /^\.(?!.*\.(tsx?|json|css)$)/.test(target))
  t.strictSame(vague, [])
})

t.test('the page imports code of other rooms only if it runs in browsers', async (t) => {
  const files = PAGE_ROOMS.flatMap((room) =>
    readdirSync(`${SRC}/${room}`)
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => `${room}/${file}`),
  )
  const strangers = files.flatMap((file) =>
    loadsOf(file)
      .filter((target) => target.startsWith('.'))
      .filter((target) => !runsInBrowsers(join(dirname(file), target)))
      .map((target) => `${file} imports ${target}`),
  )
  t.strictSame(strangers, [])
})

/** What a file imports besides types. */
function loadsOf(file: string): string[] {
  const text = readFileSync(`${SRC}/${file}`, 'utf8')
  const imported = text.matchAll(/^(?:import|export) (?!type )(?:[^'=()]+ from )?'([^']+)'/gm)
  return Array.from(imported, ([, target = '']) => target)
}

/** Whether a file is of the page, or it and all that it imports need no package and no module of Node. */
function runsInBrowsers(file: string): boolean {
  if (PAGE_ROOMS.some((room) => file.startsWith(`${room}/`))) return true
  if (/\b(?:Buffer|process)\b/.test(readFileSync(`${SRC}/${file}`, 'utf8'))) return false
  return loadsOf(file).every(
    (target) => target.startsWith('.') && runsInBrowsers(join(dirname(file), target)),
  )
}
