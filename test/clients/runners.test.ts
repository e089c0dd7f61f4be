import { readFileSync } from 'node:fs'
import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { Case } from './case-file.ts'
import type { Client, Command, Row } from './client.ts'
import { renderCompatibility } from './compatibility.ts'
import { javaDamage, pythonDamage } from './damage-cases.ts'
import { java } from './java.ts'
import { findMismatch, resolve } from './javascript/compare.ts'
import { readJson, writeJson } from './javascript/exact-json.ts'
import { browser } from './javascript.ts'
import { markKnownBroken, readKnownBroken } from './known-broken.ts'
import { renderAbsent, renderDetails, renderMatrix, renderSummary } from './matrix.ts'
import { PACKAGES } from './packages/packages.ts'
import { prepareClient } from './prepare-client.ts'
import type { Ending } from './process-group.ts'
import { python } from './python.ts'
import { readCases } from './read-cases.ts'
import { javaRing, nodeRing, pythonRing } from './ring-cases.ts'
import { ENDING, runClient } from './run-client.ts'

const IDS = ['sings', 'dances', 'rests']
const CASES = IDS.map((id): Case => ({ id, title: `it ${id}`, steps: [{ do: 'connect' }] }))
const ALL_OK = `for (const name of ${JSON.stringify(IDS)}) report(name, true)`
/** Starts a process that runs forever and keeps the stdout of the client open. */
const START_ANOTHER = `require('node:child_process').spawn(
  process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })`
const LIMIT_MS = 1000
const STOPPED: Ending = { ok: true, reason: 'exit code 0', stdout: '', lastOutput: '' }

/** Options with mocks whose URLs contain their flags. */
const options = {
  cases: CASES,
  folder: t.testdir({}),
  startMock: async (flags: readonly string[]) => ({
    url: `http://127.0.0.1/${flags.join('=')}`,
    stop: async () => STOPPED,
  }),
}

/** A client that consists of a few lines of JavaScript. */
function fakeClient(script: string, encodings = ['PLAIN']) {
  const head = `const report = (name, ok, detail, skipped) =>
    console.log(JSON.stringify({ case: name, ok, detail, skipped }));`
  const client: Client = {
    name: 'fake',
    title: 'a fake client',
    encodings,
    probe: node(''),
    install: [],
    version: node('console.log(1)'),
    run: [...node(`${head}${script}`), '--'],
  }
  return { client, version: '1' }
}

function node(script: string): Command {
  return [process.execPath, '--eval', script]
}

function verdicts(rows: readonly Row[]): Record<string, string> {
  return Object.fromEntries(rows.map(({ name, verdict }) => [name, verdict]))
}

function everyCase(verdict: string): Record<string, string> {
  return Object.fromEntries(IDS.map((id) => [id, verdict]))
}

t.test('runClient() passes a client that reports every case', async (t) => {
  const rows = await runClient(fakeClient(ALL_OK), options)
  t.strictSame(verdicts(rows), { ...everyCase('pass'), [ENDING]: 'pass' })
})

t.test('runClient() adds the cases of a client in an encoding to the shared ones', async (t) => {
  const { client, version } = fakeClient(ALL_OK, ['ONE', 'TWO'])
  const moreCases = (encoding: string): Case[] => [
    { id: `hums-${encoding}`, title: 'it hums', steps: [{ do: 'connect' }] },
  ]
  const rows = await runClient({ client: { ...client, moreCases }, version }, options)
  t.strictSame(
    rows.filter(({ verdict }) => verdict === 'FAIL').map(({ name }) => name),
    ['hums-ONE', 'hums-TWO'],
  )
  const own = { ...client, moreCases, cases: [{ id: 'sings', title: 'it sings' }] }
  const [one] = await runClient(
    { client: { ...own, encodings: ['ONE'] }, missing: 'no fake' },
    options,
  )
  t.equal(one?.name, 'sings')
})

t.test(
  'runClient() runs the cases of a ring in another process, with a mock of its own',
  async (t) => {
    const script = `const [encoding, file] = process.argv.slice(1)
    const context = require('node:fs').readFileSync(file, 'utf8')
    for (const { id } of JSON.parse(context).cases) report(id, false, encoding + context)`
    const { client, version } = fakeClient(script)
    const hums: Case = { id: 'hums', title: 'it hums', steps: [{ do: 'connect' }] }
    const inRing = { ...client, ringCases: () => [hums] }
    const rows = await runClient({ client: inRing, version }, options)
    t.strictSame(verdicts(rows), { ...everyCase('FAIL'), hums: 'FAIL', [ENDING]: 'pass' })
    const context = rows.find(({ name }) => name === 'hums')?.detail.replace('PLAIN', '') ?? ''
    t.strictSame(JSON.parse(context), {
      cases: [hums],
      servers: {
        open: 'http://127.0.0.1/--fixtures=test/clients/fixtures=--ring=2',
        second: 'http://localhost/--fixtures=test/clients/fixtures=--ring=2',
      },
      user: 'tester',
      password: 'correct',
    })
    const missing = await runClient({ client: inRing, missing: 'no fake' }, options)
    t.equal(verdicts(missing)['hums'], 'not run')
  },
)

t.test('runClient() fails a client that does not end cleanly with a ring', async (t) => {
  const script = `const [, file] = process.argv.slice(1)
    for (const { id } of require(require('node:path').resolve(file)).cases) report(id, true)
    if (file.endsWith('-ring.json')) process.exit(3)`
  const { client, version } = fakeClient(script)
  const ringCases = (): Case[] => [{ id: 'hums', title: 'it hums', steps: [{ do: 'connect' }] }]
  const rows = await runClient({ client: { ...client, ringCases }, version }, options)
  t.strictSame(verdicts(rows), { ...everyCase('pass'), hums: 'pass', [ENDING]: 'FAIL' })
  t.match(rows.at(-1)?.detail, /exit code 3/)
})

t.test('runClient() passes the encoding, the cases and three mocks to a client', async (t) => {
  const script = `const [encoding, file] = process.argv.slice(1)
    report('sings', false, encoding + require('node:fs').readFileSync(file, 'utf8'))`
  const rows = await runClient(fakeClient(script, ['ONE', 'TWO']), options)
  const sung = rows.filter(({ name }) => name === 'sings')
  t.strictSame(
    sung.map(({ encoding }) => encoding),
    ['ONE', 'TWO'],
  )
  for (const { detail, ...row } of sung) {
    t.strictSame(row, { client: 'fake', encoding: row.encoding, name: 'sings', verdict: 'FAIL' })
    const given: { readonly page: string } = JSON.parse(detail.replace(row.encoding, ''))
    t.match(given.page, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/)
    const flags = `--fixtures=test/clients/fixtures=--control-origin=${given.page}`
    const servers = {
      open: `http://127.0.0.1/${flags}`,
      guarded: `http://127.0.0.1/${flags}=--user=tester:correct`,
      backup: `http://localhost/${flags}`,
    }
    const { page } = given
    t.strictSame(given, { cases: CASES, servers, page, user: 'tester', password: 'correct' })
  }
})

t.test('runClient() passes its own cases and fixtures to a client that has them', async (t) => {
  const script = `const [encoding, file] = process.argv.slice(1)
    report('swims', false, require('node:fs').readFileSync(file, 'utf8'))`
  const { client, version } = fakeClient(script)
  const cases = [{ id: 'swims', title: 'it swims' }]
  const rows = await runClient(
    { client: { ...client, cases, fixtures: 'own.yaml' }, version },
    options,
  )
  t.strictSame(verdicts(rows), { swims: 'FAIL', [ENDING]: 'pass' })
  t.match(JSON.parse(rows[0]?.detail ?? ''), {
    cases,
    servers: { open: /^http:\/\/127\.0\.0\.1\/--fixtures=own\.yaml=--control-origin=/ },
  })
})

t.test('runClient() distinguishes missing abilities from failures', async (t) => {
  const script = `report('sings', false, '', 'it has no voice'); report('dances', true, 'well');
    report('rests', true, '', '')`
  const rows = await runClient(fakeClient(script), options)
  const wanted = { sings: 'n/a', dances: 'pass', rests: 'pass', [ENDING]: 'pass' }
  t.strictSame(verdicts(rows), wanted)
  t.strictSame(rows[0]?.detail, 'it has no voice')
})

t.test('runClient() fails the cases that a client did not report before a crash', async (t) => {
  const script = `report('sings', true); console.error('out of luck'); process.exit(3)`
  const rows = await runClient(fakeClient(script), options)
  t.strictSame(verdicts(rows), { ...everyCase('FAIL'), sings: 'pass', [ENDING]: 'FAIL' })
  t.match(rows[1]?.detail, /^not reported: exit code 3\n.*out of luck\n$/s)
})

t.test('runClient() fails a client that prints nothing', async (t) => {
  const rows = await runClient(fakeClient(''), options)
  t.strictSame(verdicts(rows), { ...everyCase('FAIL'), [ENDING]: 'pass' })
})

t.test('runClient() ends a client that hangs', async (t) => {
  const script = `${START_ANOTHER}; setInterval(() => {}, 1000)`
  const rows = await runClient(fakeClient(script), { ...options, limitMs: LIMIT_MS })
  t.strictSame(verdicts(rows), { ...everyCase('FAIL'), [ENDING]: 'FAIL' })
  t.match(rows[0]?.detail, `not reported: still running after ${LIMIT_MS} ms`)
})

t.test('runClient() does not wait for processes that a client leaves behind', async (t) => {
  const script = `${ALL_OK}; ${START_ANOTHER}.unref()`
  const rows = await runClient(fakeClient(script), options)
  t.strictSame(verdicts(rows), { ...everyCase('pass'), [ENDING]: 'pass' })
})

t.test('runClient() fails cases that are reported twice, and unknown ones', async (t) => {
  const script = `${ALL_OK}; report('sings', true); report('leaps', true)`
  const rows = await runClient(fakeClient(script), options)
  const wanted = { ...everyCase('pass'), sings: 'FAIL', leaps: 'FAIL', [ENDING]: 'pass' }
  t.strictSame(verdicts(rows), wanted)
})

t.test('runClient() does not run a client that could not be installed', async (t) => {
  const { client } = fakeClient(ALL_OK)
  const rows = await runClient({ client, missing: 'no stage' }, options)
  t.strictSame(verdicts(rows), { ...everyCase('not run'), [ENDING]: 'not run' })
  t.strictSame(rows[0]?.detail, 'no stage')
})

t.test('runClient() fails every case of a client that does not compile', async (t) => {
  const { client } = fakeClient(ALL_OK)
  const rows = await runClient({ client, broken: 'cannot find symbol' }, options)
  t.strictSame(verdicts(rows), { ...everyCase('FAIL'), [ENDING]: 'FAIL' })
  t.strictSame(rows[0]?.detail, 'cannot find symbol')
})

t.test('runClient() fails a client whose mock does not start', async (t) => {
  const startMock = () => Promise.reject(new Error('no port is free'))
  const rows = await runClient(fakeClient(ALL_OK), { ...options, startMock })
  t.strictSame(verdicts(rows), { ...everyCase('FAIL'), [ENDING]: 'FAIL' })
  t.strictSame(rows[0]?.detail, 'Error: no port is free')
})

t.test('runClient() reports a mock that does not stop cleanly', async (t) => {
  const stop = async () => ({ ...STOPPED, ok: false, reason: 'signal SIGSEGV' })
  const startMock = async () => ({ url: 'http://open', stop })
  const rows = await runClient(fakeClient(ALL_OK), { ...options, startMock })
  t.strictSame(verdicts(rows), { ...everyCase('pass'), [ENDING]: 'FAIL' })
  t.match(rows.at(-1)?.detail, 'mock-gpudb: signal SIGSEGV')
})

function preparedClient(parts: Partial<Client>): Client {
  const base = { name: 'fake', title: 'a fake client', encodings: ['PLAIN'] }
  const version = nodeCommand('console.log("1.2")')
  return { ...base, probe: nodeCommand(''), install: [], version, run: nodeCommand(''), ...parts }
}

function nodeCommand(script: string): Command {
  return [process.execPath, '--eval', script]
}

t.test('prepareClient() returns the installed version', async (t) => {
  const client = preparedClient({ install: [nodeCommand(''), nodeCommand('console.log("done")')] })
  t.strictSame(await prepareClient(client), { client, version: '1.2' })
})

t.test('prepareClient() reports a missing toolchain', async (t) => {
  const client = preparedClient({ probe: ['no-such-program'] })
  t.match(await prepareClient(client), {
    client,
    missing: /^no-such-program: cannot start: .*ENOENT/,
  })
})

const UNAVAILABLE = /^no such package$/m

t.test('prepareClient() reports a package that a registry lacks', async (t) => {
  const client = preparedClient({
    install: [nodeCommand('console.error("no such package"); process.exit(4)'), nodeCommand('')],
    unavailable: UNAVAILABLE,
  })
  t.match(await prepareClient(client), { client, missing: /: exit code 4\nno such package$/ })
})

const BROKEN_INSTALLS = [
  { name: 'does not compile', unavailable: UNAVAILABLE },
  { name: 'cannot be installed and uses no registry' },
]

for (const { name, ...parts } of BROKEN_INSTALLS) {
  t.test(`prepareClient() reports a client that ${name} as broken`, async (t) => {
    const install = [nodeCommand('console.error("no such symbol"); process.exit(4)')]
    const client = preparedClient({ install, ...parts })
    t.match(await prepareClient(client), { client, broken: /: exit code 4\nno such symbol$/ })
  })
}

t.test('prepareClient() reports a client that does not start as broken', async (t) => {
  const version = nodeCommand('console.log("1.2"); process.exit(1)')
  const client = preparedClient({ version })
  t.match(await prepareClient(client), { client, broken: /: exit code 1\n1\.2$/ })
})

/** The output of an installation without its package, and of one whose runner does not compile. */
const INSTALL_OUTPUTS = [
  {
    client: java,
    lacking:
      '[ERROR] Failed to execute goal on project client-java: Could not resolve dependencies\n[ERROR] [Help 1] http://cwiki.apache.org/confluence/display/MAVEN/DependencyResolutionException',
    failing:
      '[ERROR] Jobs.java:[74,20] cannot find symbol\n[ERROR] [Help 1] http://cwiki.apache.org/confluence/display/MAVEN/MojoFailureException',
  },
  {
    client: python,
    lacking:
      'ERROR: Could not find a version that satisfies the requirement gpudb==7.2.3.13 (from versions: none)\nERROR: No matching distribution found for gpudb==7.2.3.13',
    failing: 'error: metadata-generation-failed',
  },
  {
    client: browser,
    lacking: 'E: Unable to locate package chromium',
    failing: '\u2718 [ERROR] Could not resolve "./sesion.ts"',
  },
]

for (const { client, lacking, failing } of INSTALL_OUTPUTS) {
  t.test(
    `the installation of ${client.name} distinguishes a missing package from a defect`,
    async (t) => {
      t.match(lacking, client.unavailable)
      t.notMatch(failing, client.unavailable)
    },
  )
}

for (const { name, cases = [], fixtures = '' } of PACKAGES) {
  t.test(
    `the package ${name} has a function for each case, rules and exact versions`,
    async (t) => {
      const folder = `test/clients/packages/${name}`
      const [, table = ''] = readText(`${folder}/cases.py`).split('\nCASES = {')
      const functions = Array.from(table.matchAll(/^ {4}"([a-z-]+)": \w+,$/gm), ([, id]) => id)
      t.strictSame(
        cases.map(({ id }) => id),
        functions,
      )
      t.match(readText(fixtures), /^rules:$/m)
      for (const line of readText(`${folder}/requirements.txt`).trim().split('\n')) {
        t.match(line, /^([a-z-]+==[\d.]+|# .+)$/)
      }
    },
  )
}

function readText(file: string): string {
  return readFileSync(file, 'utf8')
}

function read(cases: unknown) {
  return readCases(`${t.testdir({ 'cases.json': JSON.stringify(cases) })}/cases.json`)
}

t.test('readCases() returns one case for each element of `each`', async (t) => {
  const steps = [{ do: 'call', endpoint: '/show/$what', request: { names: ['$what', '$job', 7] } }]
  const each = [{ what: 'table' }, { what: 'schema' }]
  t.strictSame(read([{ id: 'shows-$what', title: 'shows a $what', each, steps }]), [
    {
      id: 'shows-table',
      title: 'shows a table',
      steps: [{ do: 'call', endpoint: '/show/table', request: { names: ['table', '$job', 7] } }],
    },
    {
      id: 'shows-schema',
      title: 'shows a schema',
      steps: [{ do: 'call', endpoint: '/show/schema', request: { names: ['schema', '$job', 7] } }],
    },
  ])
})

t.test('readCases() rejects an invalid case', async (t) => {
  const steps = [{ do: 'connect' }]
  t.throws(() => read([{ id: 'a', title: 'a', steps: [{ do: 'dance' }] }]))
  t.throws(() => read([{ id: 'a', title: 'a', steps: [{ do: 'connect', sever: 'open' }] }]))
  t.throws(() => read([{ id: 'A b', title: 'a', steps }]))
  t.throws(() => read([{ id: 'a-$b', title: 'a', steps, each: [{ b: 'C d' }] }]))
})

t.test('readCases() rejects two cases with the same id', async (t) => {
  const one = { id: 'a', title: 'a', steps: [{ do: 'connect' }] }
  t.throws(() => read([one, one]), /two cases have the id a$/)
})

t.test('readCases() reads the cases for the clients', async (t) => {
  t.ok(readCases('test/clients/cases.json').length >= 50)
})

t.test('cases of damage are valid, and have ids of their own', async (t) => {
  const shared = readCases('test/clients/cases.json').map(({ id }) => id)
  for (const cases of [pythonDamage('BINARY'), pythonDamage('JSON'), javaDamage()]) {
    t.ok(cases.length >= 30)
    for (const one of cases) t.ok(Value.Check(Case, one), one.id)
    const ids = [...shared, ...cases.map(({ id }) => id)]
    t.equal(new Set(ids).size, ids.length)
  }
})

t.test('cases of damage expect what the client does in its encoding', async (t) => {
  const failures = (cases: readonly Case[]) =>
    cases
      .filter(({ id }) => id === 'damage-reset' || id === 'damage-trailing')
      .map(({ steps }) => steps[2]?.fails ?? [])
  const reset = ['ConnectionResetError', 'Failover is disabled!']
  const unreadable = ['Unable to parse server response', 'Failover is disabled!']
  t.strictSame(failures(pythonDamage('SNAPPY')), [reset, []])
  t.strictSame(failures(pythonDamage('JSON')), [reset, unreadable])
  t.strictSame(failures(javaDamage()), [
    ['SocketException: Connection reset', 'Failover is disabled!'],
    [],
  ])
})

t.test('cases of a ring are valid, and have ids of their own', async (t) => {
  const shared = readCases('test/clients/cases.json').map(({ id }) => id)
  for (const cases of [pythonRing('BINARY'), pythonRing('JSON'), javaRing('BINARY'), nodeRing()]) {
    t.not(cases.length, 0)
    for (const one of cases) t.ok(Value.Check(Case, one), one.id)
    const ids = [...shared, ...cases.map(({ id }) => id)]
    t.equal(new Set(ids).size, ids.length)
  }
  t.strictSame([pythonRing('SNAPPY'), javaRing('SNAPPY')], [[], []])
})

t.test('cases of a ring expect as many calls as the client makes before it leaves', async (t) => {
  const calls = (cases: readonly Case[]) => cases.find(({ id }) => id === 'ring-down')?.steps[5]
  const arrived = (exactly: number) => ({ body: { times: { exactly } } })
  t.match(calls(pythonRing('BINARY')), arrived(7))
  t.match(calls(javaRing('BINARY')), arrived(2))
})

const SHOWN: readonly Row[] = [
  { client: 'go', encoding: 'A', name: 'sings', verdict: 'pass', detail: '' },
  { client: 'go', encoding: 'A', name: 'dances', verdict: 'FAIL', detail: 'fell\nover' },
  { client: 'go', encoding: 'B', name: 'dances', verdict: 'FAIL', detail: 'fell\nover' },
  { client: 'c', encoding: 'A', name: 'sings', verdict: 'not run', detail: 'no voice' },
]

t.test('renderMatrix() returns a line for each case and a column for each run', async (t) => {
  const lines = ['        go A  go B  c A', 'sings   pass        not run', 'dances  FAIL  FAIL', '']
  t.strictSame(renderMatrix(SHOWN).split('\n'), lines)
})

t.test('renderDetails() lists each reason once', async (t) => {
  const lines = [
    ...['', 'FAIL  go A: dances', 'FAIL  go B: dances', '    fell', '    over'],
    ...['', 'not run  c A: sings', '    no voice', ''],
  ]
  t.strictSame(renderDetails(SHOWN).split('\n'), lines)
})

t.test('renderDetails() names at most three rows with the same reason', async (t) => {
  const rows = ['a', 'b', 'c', 'd', 'e'].map((name): Row => {
    return { client: 'go', encoding: 'A', name, verdict: 'not run', detail: 'no go' }
  })
  const heads = ['not run  go A: a', 'not run  go A: b', 'not run  go A: c']
  t.strictSame(renderDetails(rows).split('\n'), ['', ...heads, 'and 2 more', '    no go', ''])
})

t.test('renderSummary() counts the verdicts', async (t) => {
  t.strictSame(renderSummary(SHOWN), 'clients: 1 pass, 2 FAIL, 0 known broken, 0 n/a, 1 not run\n')
})

t.test('renderAbsent() lists the clients that are not run', async (t) => {
  const absent = [{ name: 'r', title: 'The R client', reason: 'It is not published.' }]
  t.strictSame(renderAbsent(absent), '\nnot run  r\n    It is not published.\n')
})

const BASE = { client: 'go', name: 'sings' } as const
const FAILED: Row = { ...BASE, encoding: 'A', verdict: 'FAIL', detail: 'fell over' }
const WORKED: Row = { ...BASE, encoding: 'B', verdict: 'pass', detail: '' }
const NOT_RUN: Row = { ...BASE, encoding: 'C', verdict: 'not run', detail: 'no go' }
const KNOWN = {
  client: 'go',
  cases: ['sings'],
  reason: 'it has no voice',
  source: 'go 1.2, sing()',
}

t.test('markKnownBroken() accepts listed failures, and fails listed cases that pass', async (t) => {
  t.strictSame(markKnownBroken([FAILED, WORKED, NOT_RUN], [KNOWN]), [
    { ...FAILED, verdict: 'known broken', detail: 'it has no voice (go 1.2, sing())' },
    { ...WORKED, verdict: 'FAIL', detail: 'known-broken.json lists it, but it passes' },
    NOT_RUN,
  ])
})

t.test('markKnownBroken() ignores other clients, encodings and cases', async (t) => {
  const others = [
    { ...KNOWN, client: 'c' },
    { ...KNOWN, encodings: ['B'] },
    { ...KNOWN, cases: ['dances'] },
  ]
  t.strictSame(markKnownBroken([FAILED], others), [FAILED])
})

t.test('readKnownBroken() reads the list, and rejects an invalid one', async (t) => {
  t.type(readKnownBroken('test/clients/known-broken.json'), Array)
  const file = `${t.testdir({ 'list.json': '[{"client": "go"}]' })}/list.json`
  t.throws(() => readKnownBroken(file))
})

const COMPATIBILITY_CASES: readonly Case[] = [
  { id: 'sings', title: 'sings a song', steps: [{ do: 'connect' }] },
  { id: 'dances', title: 'dances', steps: [{ do: 'connect' }] },
]
const ROWS: readonly Row[] = [
  { client: 'go', encoding: 'A', name: 'sings', verdict: 'pass', detail: '' },
  { client: 'go', encoding: 'A', name: 'dances', verdict: 'FAIL', detail: 'port 3141' },
  { client: 'go', encoding: 'B', name: 'sings', verdict: 'n/a', detail: 'no voice' },
  { client: 'go', encoding: 'B', name: 'dances', verdict: 'n/a', detail: 'no voice' },
  { client: 'c', encoding: 'A', name: 'sings', verdict: 'not run', detail: 'no c\nat all' },
  { client: 'c', encoding: 'A', name: 'dances', verdict: 'not run', detail: 'no c\nat all' },
]

const PACKAGE_CASES = [
  { id: 'reads', title: 'reads rows' },
  { id: 'writes', title: 'writes rows' },
]

function listedClient(name: string, encodings: readonly string[]): Client {
  const command = ['true'] as const
  const commands = { probe: command, install: [], version: command, run: command }
  return { name, title: `The ${name} client`, encodings, ...commands }
}

const PAGE = renderCompatibility({
  clients: [
    { client: listedClient('go', ['A', 'B']), version: '1.2' },
    { client: listedClient('c', ['A']), missing: 'no c' },
  ],
  absent: [{ name: 'r', title: 'The R client', reason: 'It is not published.' }],
  cases: COMPATIBILITY_CASES,
  rows: ROWS,
  packages: [
    { client: { ...listedClient('orm', ['A']), cases: PACKAGE_CASES }, version: '3.4' },
    { client: { ...listedClient('etl', ['A']), cases: PACKAGE_CASES }, missing: 'no Python' },
  ],
  packageRows: [
    { client: 'orm', encoding: 'A', name: 'reads', verdict: 'pass', detail: '' },
    { client: 'orm', encoding: 'A', name: 'writes', verdict: 'known broken', detail: 'no pen' },
    { client: 'etl', encoding: 'A', name: 'reads', verdict: 'not run', detail: 'no Python' },
    { client: 'etl', encoding: 'A', name: 'writes', verdict: 'not run', detail: 'no Python' },
  ],
})

t.test('renderCompatibility() returns a line for each client and each case', async (t) => {
  const none = '0 known broken, 0 n/a, 0 not run'
  t.match(PAGE, `| The go client | 1.2 | A | 1 pass, 1 FAIL, ${none} |\n`)
  t.match(PAGE, '| The c client |  | A | 0 pass, 0 FAIL, 0 known broken, 0 n/a, 2 not run |\n')
  t.match(PAGE, '\nThe R client: not run. It is not published.\n')
  t.match(PAGE, '| `sings` | sings a song | pass | n/a | not run |\n')
})

t.test('renderCompatibility() shows the titles of further cases', async (t) => {
  const client = listedClient('go', ['A', 'B'])
  const moreCases = (encoding: string): Case[] => [
    { id: `hums-${encoding}`, title: `hums in ${encoding}`, steps: [{ do: 'connect' }] },
  ]
  const ringCases = (encoding: string): Case[] => [
    { id: `rings-${encoding}`, title: `rings in ${encoding}`, steps: [{ do: 'connect' }] },
  ]
  const page = renderCompatibility({
    clients: [{ client: { ...client, moreCases, ringCases }, version: '1.2' }],
    absent: [],
    cases: COMPATIBILITY_CASES,
    rows: [
      { client: 'go', encoding: 'A', name: 'hums-A', verdict: 'pass', detail: '' },
      { client: 'go', encoding: 'B', name: 'hums-B', verdict: 'pass', detail: '' },
      { client: 'go', encoding: 'B', name: 'rings-B', verdict: 'pass', detail: '' },
    ],
    packages: [],
    packageRows: [],
  })
  t.match(page, '| `hums-A` | hums in A | pass |  |\n')
  t.match(page, '| `hums-B` | hums in B |  | pass |\n')
  t.match(page, '| `rings-B` | rings in B |  | pass |\n')
})

t.test('renderCompatibility() lists the reasons that do not depend on the machine', async (t) => {
  t.match(PAGE, '\n- n/a, go B: `sings`, `dances`: no voice\n- not run, c A: no c\n')
  t.notMatch(PAGE, 'port 3141')
  t.notMatch(PAGE, 'at all')
})

t.test('renderCompatibility() lists packages with their own cases', async (t) => {
  const counts = '1 pass, 0 FAIL, 1 known broken, 0 n/a, 0 not run'
  t.match(PAGE, `| The orm client | 3.4 | ${counts} |\n`)
  t.match(PAGE, '| The etl client |  | 0 pass, 0 FAIL, 0 known broken, 0 n/a, 2 not run |\n')
  t.match(
    PAGE,
    '| orm | `reads` | reads rows | pass |\n| orm | `writes` | writes rows | known broken |\n',
  )
  t.match(PAGE, '| etl | `reads` | reads rows | not run |\n')
  t.match(PAGE, '\n- known broken, orm A: `writes`: no pen\n- not run, etl A: no Python\n')
})

t.test('resolve() replaces longs and saved names', async (t) => {
  const saved = new Map<string, unknown>([['job', 7]])
  const written = { ids: ['long:9007199254740993', '$job'], path: '/jobs/$job/$other', n: 1 }
  t.strictSame(resolve(written, saved), {
    ids: [9007199254740993n, 7],
    path: '/jobs/7/$other',
    n: 1,
  })
})

t.test('findMismatch() returns undefined for a subset', async (t) => {
  const actual = { id: 7n, list: [1, 'a'], map: { a: 'x', b: 'text' }, more: true }
  const wanted = [
    { id: 7, list: [1n, 'a'] },
    { map: { b: { $contains: 'ex' } }, more: { $present: true } },
    {},
  ]
  for (const one of wanted) t.strictSame(findMismatch(actual, one), undefined)
})

t.test('findMismatch() returns the path of the difference', async (t) => {
  const actual = { id: 7n, list: [1, 'a'], map: { a: 'x' } }
  const table = [
    [{ id: 8 }, 'answer.id is "7" instead of 8'],
    [{ id: '7' }, 'answer.id is "7" instead of "7"'],
    [{ list: [1] }, 'answer.list is [1,"a"] instead of [1]'],
    [{ list: [1, 'b'] }, 'answer.list[1] is "a" instead of "b"'],
    [{ map: { b: { $present: true } } }, 'answer.map.b is undefined instead of {"$present":true}'],
    [{ map: { a: { $contains: 'y' } } }, 'answer.map.a is "x" instead of {"$contains":"y"}'],
    [{ id: { a: 1 } }, 'answer.id is "7" instead of {"a":1}'],
  ] as const
  for (const [wanted, place] of table) t.strictSame(findMismatch(actual, wanted), place)
})

t.test('readJson() keeps every digit of a long', async (t) => {
  const text = '{"ids":[1,9007199254740993,-9223372036854775808],"x":1234567890123456.5}'
  const ids = [1, 9007199254740993n, -9223372036854775808n]
  t.strictSame(readJson(text), { ids, x: 1234567890123456.5 })
})

t.test('readJson() keeps digits in strings unchanged', async (t) => {
  const text = '["9007199254740993","a \\"9007199254740993\\" b","\\\\",9007199254740993]'
  const texts = ['9007199254740993', 'a "9007199254740993" b', '\\']
  t.strictSame(readJson(text), [...texts, 9007199254740993n])
})

t.test('writeJson() writes longs in quotes', async (t) => {
  t.strictSame(writeJson({ ids: [1, 9007199254740993n] }), '{"ids":[1,"9007199254740993"]}')
})
