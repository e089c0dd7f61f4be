import t from 'tap'
import type { Row } from './client.ts'
import { renderAbsent, renderDetails, renderMatrix, renderSummary } from './matrix.ts'

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
