import t from 'tap'
import { answerEncoding, ENCODINGS } from '../../src/jobs/encoding.ts'
import { ECHO, soleEncoding } from '../../src/jobs/result.ts'

t.test('soleEncoding() is json for a string, binary for bytes, undefined for fields', async (t) => {
  const payloads = ['', '{"a"', Buffer.alloc(0), Buffer.from([0])]
  const encodings = payloads.map((payload) => soleEncoding({ kind: 'raw', payload }))
  t.strictSame(encodings, ['json', 'json', 'binary', 'binary'])
  t.equal(soleEncoding(ECHO), undefined)
})

t.test('answerEncoding() answers snappy with binary', async (t) => {
  t.strictSame(ENCODINGS.map(answerEncoding), ['json', 'binary', 'binary'])
})
