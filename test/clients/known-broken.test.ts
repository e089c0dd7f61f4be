import t from 'tap'
import type { Row } from './client.ts'
import { markKnownBroken, readKnownBroken } from './known-broken.ts'

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
