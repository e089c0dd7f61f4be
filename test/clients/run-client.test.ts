import t from 'tap'
import type { Case } from './case-file.ts'
import type { Client, Command, Row } from './client.ts'
import type { Ending } from './process-group.ts'
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

t.test('runClient() passes the encoding, the cases and three mocks to a client', async (t) => {
  const script = `const [encoding, file] = process.argv.slice(1)
    report('sings', false, encoding + require('node:fs').readFileSync(file, 'utf8'))`
  const rows = await runClient(fakeClient(script, ['ONE', 'TWO']), options)
  const servers = {
    open: 'http://127.0.0.1/',
    guarded: 'http://127.0.0.1/--user=tester:correct',
    backup: 'http://localhost/',
  }
  const given = JSON.stringify({ cases: CASES, servers, user: 'tester', password: 'correct' })
  const base = { client: 'fake', name: 'sings', verdict: 'FAIL' } as const
  t.strictSame(
    rows.filter(({ name }) => name === 'sings'),
    [
      { ...base, encoding: 'ONE', detail: `ONE${given}` },
      { ...base, encoding: 'TWO', detail: `TWO${given}` },
    ],
  )
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
