import t from 'tap'
import { Catalogue } from '../../src/avro/catalogue.ts'
import { keepSent } from '../../src/gpudb/sent-request.ts'

const catalogue = new Catalogue()
const codec = catalogue.get('/alter/table').request
const RECORD = {
  table_name: 'sales.orders_\u0141_\u{1f600}',
  action: 'create_index',
  value: '\u0000\u00ff',
  options: { a: 'b' },
}

t.test('keepSent() keeps the bytes of a small request, from which it is read again', async (t) => {
  const messages = [
    { encoding: 'binary', bytes: codec.encode(RECORD) },
    { encoding: 'json', bytes: Buffer.from(JSON.stringify(RECORD)) },
  ] as const
  for (const message of messages) {
    const sent = keepSent(codec, message)
    t.equal(sent?.bytes.length, message.bytes.length)
    t.strictSame(structuredClone(sent?.decode(sent.bytes)), RECORD)
    t.equal(keepSent(codec, message)?.decode, sent?.decode, 'jobs share the decoder')
  }
})

t.test('keepSent() keeps the text of JSON as its UTF-8', async (t) => {
  for (const text of ['{"action": "ttl"}', '{"action": "\u00e4\ud83d\ude00\ud800"}']) {
    const sent = keepSent(codec, { encoding: 'json', bytes: text })
    t.strictSame(sent, keepSent(codec, { encoding: 'json', bytes: Buffer.from(text) }))
  }
  t.ok(keepSent(codec, { encoding: 'json', bytes: '\u00e4'.repeat(512) }))
  t.equal(keepSent(codec, { encoding: 'json', bytes: '\u00e4'.repeat(513) }), undefined)
})

t.test('JSON in ASCII is read again with every digit of its integers', async (t) => {
  const records = catalogue.get('/execute/sql').request
  for (const offset of [7n, 9007199254740993n]) {
    const sent = keepSent(records, {
      encoding: 'json',
      bytes: `{"statement": "", "offset": ${offset}}`,
    })
    t.equal(sent?.decode(sent.bytes)['offset'], offset)
  }
})

t.test('each record and each encoding has its decoder', async (t) => {
  const bytes = Buffer.alloc(4)
  const other = catalogue.get('/execute/sql').request
  const decoders = [
    keepSent(codec, { encoding: 'binary', bytes })?.decode,
    keepSent(codec, { encoding: 'json', bytes })?.decode,
    keepSent(other, { encoding: 'binary', bytes })?.decode,
  ]
  t.equal(new Set(decoders).size, 3)
})

t.test('keepSent() keeps no bytes that are many or compressed', async (t) => {
  t.ok(keepSent(codec, { encoding: 'binary', bytes: Buffer.alloc(1024) }))
  t.equal(keepSent(codec, { encoding: 'binary', bytes: Buffer.alloc(1025) }), undefined)
  t.equal(keepSent(codec, { encoding: 'snappy', bytes: Buffer.alloc(4) }), undefined)
})
