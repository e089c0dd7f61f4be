import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import type { AvroSchema, RecordSchema } from '../../src/avro/avro-schema.ts'
import { type AvroRecord, type AvroValue, createMap } from '../../src/avro/avro-value.ts'
import { Catalogue } from '../../src/avro/catalogue.ts'
import { writeRecord } from '../../src/wire/json-writer.ts'
import { anyRecord } from '../support/avro-arbitrary.ts'
import { catalogueRecords } from '../support/endpoint-catalogue.ts'

const ASCII = /^[ -~]*$/

function writeField(type: AvroSchema, value: AvroValue): string {
  const schema: RecordSchema = { type: 'record', name: 'a', fields: [{ name: 'field', type }] }
  return writeRecord(schema, { field: value })
}

t.test('writeRecord() writes every type', async (t) => {
  const cases: [AvroSchema, AvroValue, string][] = [
    ['null', null, 'null'],
    ['boolean', true, 'true'],
    ['int', -5, '-5'],
    ['long', 9007199254740993n, '9007199254740993'],
    ['long', -9223372036854775808n, '-9223372036854775808'],
    ['double', 1.5, '1.5'],
    ['double', 1e21, '1e+21'],
    ['double', Number.NaN, '"NaN"'],
    ['double', Number.POSITIVE_INFINITY, '"Infinity"'],
    ['double', Number.NEGATIVE_INFINITY, '"-Infinity"'],
    ['string', 'plain text', '"plain text"'],
    ['string', '"\\/', '"\\"\\\\/"'],
    ['string', '\n\t\u0000\u001f', '"\\n\\t\\u0000\\u001f"'],
    ['string', '\u007f', '"\\u007f"'],
    ['string', '\u00e4', '"\\u00e4"'],
    ['string', '\u2028', '"\\u2028"'],
    ['string', '\u{1f600}', '"\\ud83d\\ude00"'],
    ['string', '\ud800', '"\\ud800"'],
    // Avro's JSON encoding of bytes: one character a byte, never base64.
    ['bytes', Buffer.from('00417fff', 'hex'), '"\\u0000A\\u007f\\u00ff"'],
    ['bytes', Buffer.alloc(0), '""'],
    [{ type: 'array', items: 'long' }, [], '[]'],
    [{ type: 'array', items: 'long' }, [1n, 2n], '[1,2]'],
    [{ type: 'map', values: 'string' }, createMap([]), '{}'],
    [
      { type: 'map', values: ['string', 'null'] },
      createMap([
        ['__proto__', 'a'],
        ['\u00e4"', null],
      ]),
      '{"__proto__":"a","\\u00e4\\"":null}',
    ],
  ]
  for (const [type, value, text] of cases) {
    t.equal(writeField(type, value), `{"field":${text}}`, text)
  }
})

t.test('writeRecord() writes the fields in record order', async (t) => {
  const fields = ['b', 'c', 'a'].map((name) => ({ name, type: 'long' as const }))
  const schema: RecordSchema = { type: 'record', name: 'sample', fields }
  t.equal(writeRecord(schema, { a: 1n, b: 2n, c: 3n }), '{"b":2,"c":3,"a":1}')
  t.equal(writeRecord(schema, { c: 3n, b: 2n, a: 1n }), '{"b":2,"c":3,"a":1}', 'a second time')
  t.equal(writeRecord({ ...schema, fields: [] }, {}), '{}', 'no fields')
})

t.test('writeRecord() writes null for a missing field', async (t) => {
  const fields = [{ name: 'a', type: 'string' as const }]
  t.equal(writeRecord({ type: 'record', name: 'sample', fields }, {}), '{"a":null}')
})

/** A value as JSON.parse returns it: longs are rounded, and NaN is a string. */
function parsedForm(value: AvroValue): unknown {
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value)
  if (Array.isArray(value)) return value.map(parsedForm)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, parsedForm(item)]))
}

t.test('writeRecord() writes every record as ASCII that JSON.parse reads', async (t) => {
  const catalogue = new Catalogue()
  for (const { endpoint, role, record } of catalogueRecords) {
    const { schema } = catalogue.get(endpoint)[role]
    const property = fc.property(anyRecord(record.fields), (value: AvroRecord) => {
      const text = writeRecord(schema, value)
      return ASCII.test(text) && isDeepStrictEqual(JSON.parse(text), parsedForm(value))
    })
    t.doesNotThrow(() => fc.assert(property, { numRuns: 3 }), record.name)
  }
})
