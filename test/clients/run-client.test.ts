import t from 'tap'
import { CASES, type Client, type Command } from './client.ts'
import type { Ending } from './process-group.ts'
import { type Row, runClient } from './run-client.ts'

const ALL_OK = `for (const name of ${JSON.stringify(CASES)}) report(name, true)`
/** Starts a process that runs for ever and holds the client's stdout. */
const START_ANOTHER = `require('node:child_process').spawn(
  process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })`
const FIRST = CASES[0] ?? ''
const LIMIT_MS = 1000
const STOPPED: Ending = { ok: true, reason: 'exit code 0', stdout: '', lastOutput: '' }

/** Mocks whose URLs tell their flags. */
const options = {
  startMock: async (flags: readonly string[]) => ({
    url: `http://${flags.join('=') || 'open'}`,
    stop: async () => STOPPED,
  }),
}

/** A client that is a few lines of JavaScript. */
function fakeClient(script: string, parts: Partial<Client> = {}): Client {
  const head = `const report = (name, ok, detail) =>
    console.log(JSON.stringify({ case: name, ok, detail }));`
  return {
    name: 'fake',
    encodings: ['PLAIN'],
    probe: node(''),
    install: [],
    run: [...node(`${head}${script}`), '--'],
    ...parts,
  }
}

function node(script: string): Command {
  return [process.execPath, '--eval', script]
}

function verdicts(rows: readonly Row[]): Record<string, string> {
  return Object.fromEntries(rows.map(({ name, verdict }) => [name, verdict]))
}

function everyCase(verdict: string): Record<string, string> {
  return Object.fromEntries(CASES.map((name) => [name, verdict]))
}

t.test('runClient() passes a client that reports every case', async (t) => {
  const rows = await runClient(fakeClient(ALL_OK), options)
  t.strictSame(verdicts(rows), { ...everyCase('pass'), 'ends cleanly': 'pass' })
})

t.test('runClient() gives a client its encoding and two mocks, one with a password', async (t) => {
  const script = `report(${JSON.stringify(FIRST)}, false, process.argv.slice(1).join(' '))`
  const rows = await runClient(fakeClient(script, { encodings: ['ONE', 'TWO'] }), options)
  const given = 'http://open http://tester:correct@--user=tester:correct'
  t.strictSame(
    rows.filter(({ name }) => name === FIRST),
    [
      { client: 'fake', encoding: 'ONE', name: FIRST, verdict: 'FAIL', detail: `ONE ${given}` },
      { client: 'fake', encoding: 'TWO', name: FIRST, verdict: 'FAIL', detail: `TWO ${given}` },
    ],
  )
})

t.test('runClient() fails what a client that crashes has not reported', async (t) => {
  const script = `report(${JSON.stringify(FIRST)}, true); console.error('out of luck'); process.exit(3)`
  const rows = await runClient(fakeClient(script), options)
  t.strictSame(verdicts(rows), { ...everyCase('FAIL'), [FIRST]: 'pass', 'ends cleanly': 'FAIL' })
  t.match(rows[1]?.detail, /^not reported: exit code 3\n.*out of luck\n$/s)
})

t.test('runClient() fails a client that prints nothing', async (t) => {
  const rows = await runClient(fakeClient(''), options)
  t.strictSame(verdicts(rows), { ...everyCase('FAIL'), 'ends cleanly': 'pass' })
})

t.test('runClient() ends a client that hangs', async (t) => {
  const script = `${START_ANOTHER}; setInterval(() => {}, 1000)`
  const rows = await runClient(fakeClient(script), { ...options, limitMs: LIMIT_MS })
  t.strictSame(verdicts(rows), { ...everyCase('FAIL'), 'ends cleanly': 'FAIL' })
  t.match(rows[0]?.detail, `not reported: still running after ${LIMIT_MS} ms`)
})

t.test('runClient() does not wait for what a client leaves behind', async (t) => {
  const script = `${ALL_OK}; ${START_ANOTHER}.unref()`
  const rows = await runClient(fakeClient(script), options)
  t.strictSame(verdicts(rows), { ...everyCase('pass'), 'ends cleanly': 'pass' })
})

t.test('runClient() fails cases that are reported twice, or that there are not', async (t) => {
  const script = `${ALL_OK}; report(${JSON.stringify(FIRST)}, true); report('sings', true)`
  const rows = await runClient(fakeClient(script), options)
  const wanted = { ...everyCase('pass'), [FIRST]: 'FAIL', sings: 'FAIL', 'ends cleanly': 'pass' }
  t.strictSame(verdicts(rows), wanted)
})

t.test('runClient() skips a client whose toolchain is missing', async (t) => {
  const rows = await runClient(fakeClient(ALL_OK, { probe: ['no-such-program'] }), options)
  t.strictSame(verdicts(rows), { ...everyCase('not run'), 'ends cleanly': 'not run' })
  t.match(rows[0]?.detail, /^no-such-program: cannot start: .*ENOENT/)
})

t.test('runClient() fails a client that cannot be installed', async (t) => {
  const install = [node('process.exit(4)')]
  const rows = await runClient(fakeClient(ALL_OK, { install }), options)
  t.strictSame(verdicts(rows), { ...everyCase('FAIL'), 'ends cleanly': 'FAIL' })
})

t.test('runClient() fails a client whose mock does not start', async (t) => {
  const startMock = () => Promise.reject(new Error('no port is free'))
  const rows = await runClient(fakeClient(ALL_OK), { startMock })
  t.strictSame(verdicts(rows), { ...everyCase('FAIL'), 'ends cleanly': 'FAIL' })
  t.strictSame(rows[0]?.detail, 'Error: no port is free')
})

t.test('runClient() tells of a mock that does not stop cleanly', async (t) => {
  const stop = async () => ({ ...STOPPED, ok: false, reason: 'signal SIGSEGV' })
  const startMock = async () => ({ url: 'http://open', stop })
  const rows = await runClient(fakeClient(ALL_OK), { startMock })
  t.strictSame(verdicts(rows), { ...everyCase('pass'), 'ends cleanly': 'FAIL' })
  t.match(rows.at(-1)?.detail, 'mock-gpudb: signal SIGSEGV')
})
