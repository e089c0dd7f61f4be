import t from 'tap'
import { RESULT_ENCODINGS } from '../../src/jobs/encoding.ts'
import { ECHO } from '../../src/jobs/result.ts'
import { encodeResult } from '../../src/wire/encode-result.ts'
import { catalogue } from '../support/server.ts'

const records = catalogue.get('/has/table')

// has_table_response of "t", true and an empty map: the length of the text and the text, 01, 00.
const HEX = '02740100'

const JSON_TEXT = '{"table_name":"t","table_exists":true,"info":{}}'

t.test('encodeResult() completes fields from the request, in both encodings', async (t) => {
  const request = { table_name: 't', options: {} }
  const result = { kind: 'fields', fields: { table_exists: true } } as const
  t.equal(encodeResult(result, { records, request, encoding: 'json' }), JSON_TEXT)
  const bytes = encodeResult(result, { records, request, encoding: 'binary' })
  t.equal(Buffer.from(bytes).toString('hex'), HEX)
  t.equal(
    encodeResult(ECHO, { records, request, encoding: 'json' }),
    '{"table_name":"t","table_exists":false,"info":{}}',
  )
})

t.test('encodeResult() returns a raw payload unchanged in every encoding', async (t) => {
  for (const encoding of RESULT_ENCODINGS) {
    for (const payload of ['{"a"', '', Buffer.from([0, 255])]) {
      t.equal(encodeResult({ kind: 'raw', payload }, { records, request: {}, encoding }), payload)
    }
  }
})
