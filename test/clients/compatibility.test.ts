import t from 'tap'
import type { Case } from './case-file.ts'
import type { Client, Row } from './client.ts'
import { renderCompatibility } from './compatibility.ts'

const CASES: readonly Case[] = [
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

function fakeClient(name: string, encodings: readonly string[]): Client {
  const command = ['true'] as const
  const commands = { probe: command, install: [], version: command, run: command }
  return { name, title: `The ${name} client`, encodings, ...commands }
}

const PAGE = renderCompatibility({
  clients: [
    { client: fakeClient('go', ['A', 'B']), version: '1.2' },
    { client: fakeClient('c', ['A']), missing: 'no c' },
  ],
  absent: [{ name: 'r', title: 'The R client', reason: 'It is not published.' }],
  cases: CASES,
  rows: ROWS,
})

t.test('renderCompatibility() returns a line for each client and each case', async (t) => {
  const none = '0 known broken, 0 n/a, 0 not run'
  t.match(PAGE, `| The go client | 1.2 | A | 1 pass, 1 FAIL, ${none} |\n`)
  t.match(PAGE, '| The c client |  | A | 0 pass, 0 FAIL, 0 known broken, 0 n/a, 2 not run |\n')
  t.match(PAGE, '\nThe R client: not run. It is not published.\n')
  t.match(PAGE, '| `sings` | sings a song | pass | n/a | not run |\n')
})

t.test('renderCompatibility() lists the reasons that do not depend on the machine', async (t) => {
  t.match(PAGE, '\n- n/a, go B: `sings`, `dances`: no voice\n- not run, c A: no c\n')
  t.notMatch(PAGE, 'port 3141')
  t.notMatch(PAGE, 'at all')
})
