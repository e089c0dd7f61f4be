import t from 'tap'
import { type JsonValue, RoundedNumber } from '../../src/documents/json-value.ts'
import { problemsOf } from '../../src/documents/reading.ts'
import { readCell, readCellText } from '../../src/tables/cell.ts'
import { PLAIN_TYPES } from '../../src/tables/column-type.ts'
import { dynamicSchema } from '../../src/tables/dynamic-schema.ts'
import {
  type ColumnText,
  checkFieldNames,
  isColumnText,
  MAX_COLUMNS,
  readColumns,
} from '../../src/tables/read-columns.ts'
import { readRows } from '../../src/tables/read-rows.ts'
import { jsonText } from '../../src/wire/json-writer.ts'
import { readReferenceRecord } from '../support/avro-reference-reader.ts'
import { GOLDEN_COLUMNS } from '../support/golden-columns.ts'
import { valueIn } from '../support/readings.ts'

function columnsOf(...texts: readonly ColumnText[]) {
  return valueIn(readColumns(texts))
}

function columnOf(text: ColumnText) {
  const [column] = columnsOf(text)
  if (column === undefined) throw new Error('there is no column')
  return column
}

function messagesOf(...texts: readonly ColumnText[]): string[] {
  return problemsOf(readColumns(texts)).map(({ message }) => message)
}

/** The cell of a type that a value is read as, or what is wrong with it. */
function read(type: string, value: JsonValue) {
  const reading = readCell(columnOf({ name: 'a', type }), value)
  return 'cell' in reading ? reading.cell : reading.problem
}

/** As read, from the text of a cell. */
function readText(type: string, text: string) {
  const reading = readCellText(columnOf({ name: 'a', type }), text)
  return 'cell' in reading ? reading.cell : reading.problem
}

for (const { type, cell, hex } of GOLDEN_COLUMNS) {
  t.test(`a column of ${type} has the bytes of the Python client`, async (t) => {
    const columns = columnsOf(`a ${type}`, `b ${type}?`)
    const rows = [[cell, null], { b: cell, a: cell }]
    const set = valueIn(readRows(rows, columns, { templates: 'kept' }))
    const { codec, record, text } = dynamicSchema(columns)
    const bytes = codec.encode(record(set.rows))
    t.equal(bytes.toString('hex'), hex)
    const decoded = readReferenceRecord(JSON.parse(text).fields, bytes)
    const [[value] = []] = set.rows
    t.strictSame(decoded['column_1'], [value, value])
    t.strictSame(decoded['column_2'], [null, value])
    t.strictSame(decoded['column_datatypes'], [type, type])
    t.strictSame(structuredClone(codec.decode(bytes)), structuredClone(decoded))
  })
}

t.test('the golden columns name every type', async (t) => {
  const types = GOLDEN_COLUMNS.map(({ type }) => type)
  t.strictSame(
    Object.keys(PLAIN_TYPES).filter((name) => !types.includes(name)),
    [],
  )
})

t.test('dynamicSchema() writes the schema without blanks, and null second', async (t) => {
  const { text } = dynamicSchema(columnsOf('n int', 's string?'))
  t.equal(
    text,
    '{"type":"record","name":"generic_response","fields":[' +
      '{"name":"column_1","type":{"type":"array","items":"int"}},' +
      '{"name":"column_2","type":{"type":"array","items":["string","null"]}},' +
      '{"name":"column_headers","type":{"type":"array","items":"string"}},' +
      '{"name":"column_datatypes","type":{"type":"array","items":"string"}}]}',
  )
})

t.test('dynamicSchema() holds the most columns that there may be', async (t) => {
  const columns = columnsOf(...Array.from({ length: MAX_COLUMNS }, (_, index) => `c${index} int?`))
  const { codec, record } = dynamicSchema(columns)
  const bytes = codec.encode(record([columns.map(() => 7)]))
  t.strictSame(codec.decode(bytes)['column_8000'], [7])
})

t.test('readColumns() reads a name, a type and a question mark', async (t) => {
  const id = { name: 'id', type: 'int', item: 'int', nullable: false }
  t.strictSame(columnsOf('id int', '  id\tint ', { name: 'id', type: 'int' }), [id, id, id])
  const note = { name: 'note', type: 'char16', item: 'string', nullable: true }
  const given = { name: 'note', type: 'char16', nullable: true }
  t.strictSame(columnsOf('note char16?', 'note char16 ?', given), [note, note, note])
})

t.test('readColumns() reads types with arguments, with and without blanks', async (t) => {
  const types = columnsOf(
    'a decimal( 18, 4 )?',
    'a decimal(5)',
    'a array (int)',
    'a array(string,3)',
    { name: 'a', type: 'vector( 3 )' },
  ).map(({ type }) => type)
  t.strictSame(types, ['decimal(18,4)', 'decimal(5)', 'array(int)', 'array(string,3)', 'vector(3)'])
})

t.test('readColumns() reads a name with blanks, and any name in an object', async (t) => {
  const names = columnsOf('count(*) of all long', { name: 'a int', type: 'long' })
  t.strictSame(
    names.map(({ name, type }) => `${name}: ${type}`),
    ['count(*) of all: long', 'a int: long'],
  )
})

const UNKNOWN = [
  ['varchar', 'unknown column type "varchar" (did you mean string?)'],
  ['VARCHAR(20)', 'unknown column type "VARCHAR(20)" (did you mean string?)'],
  ['INT', 'unknown column type "INT" (did you mean int?)'],
  ['bigint', 'unknown column type "bigint" (did you mean long?)'],
  ['char', 'unknown column type "char" (did you mean char1?)'],
  ['decimal(28)', 'unknown column type "decimal(28)" (did you mean decimal(18,4)?)'],
  ['decimal(4,5)', 'unknown column type "decimal(4,5)" (did you mean decimal(18,4)?)'],
  ['decimal(1,2,3)', 'unknown column type "decimal(1,2,3)" (did you mean decimal(18,4)?)'],
  ['vector(0)', 'unknown column type "vector(0)" (did you mean vector(3)?)'],
  ['vector(3,3)', 'unknown column type "vector(3,3)" (did you mean vector(3)?)'],
  ['vector(1000001)', 'unknown column type "vector(1000001)"'],
  ['array(date)', 'unknown column type "array(date)"'],
  ['toString', 'unknown column type "toString" (did you mean string?)'],
  ['zzzzzz', 'unknown column type "zzzzzz"'],
] as const

for (const [type, message] of UNKNOWN) {
  t.test(`readColumns() rejects the type ${type}`, async (t) => {
    const [found = ''] = messagesOf({ name: 'a', type })
    t.equal(found.slice(0, message.length), message)
  })
}

t.test('readColumns() cuts a type that it quotes', async (t) => {
  const [message = ''] = messagesOf({ name: 'a', type: 'x'.repeat(1000) })
  t.equal(message, `unknown column type "${'x'.repeat(40)}"`)
})

t.test('readColumns() rejects no columns, too many, and a name without a type', async (t) => {
  t.strictSame(messagesOf(), ['there is no column, a client needs at least one'])
  t.strictSame(messagesOf(...Array.from({ length: MAX_COLUMNS + 1 }, () => 'a int')), [
    'there are 8001 columns, the maximum is 8000',
  ])
  t.strictSame(messagesOf('id'), ['expected a name and a type such as "id int", got "id"'])
  const reading = readColumns(['a int', 'b varchar'])
  t.match(problemsOf(reading), [{ path: [1], part: 'value' }])
})

t.test('checkFieldNames() finds names that a record cannot have', async (t) => {
  const columns = columnsOf('id int', 'id long', 'count(*) long', '_ok1 int')
  t.strictSame(
    checkFieldNames(columns).map(({ path, message }) => [path, message]),
    [
      [[1], 'there are two columns "id"'],
      [[2], 'the column "count(*)" cannot be a field: use letters, digits and \'_\''],
    ],
  )
})

t.test('isColumnText() accepts a text or name, type and nullable', async (t) => {
  const good = ['', { name: 'a', type: 'int' }, { name: 'a', type: 'int', nullable: true }]
  for (const value of good) t.ok(isColumnText(value), JSON.stringify(value))
  const bad = [7, [], { name: 'a' }, { name: 'a', type: 7 }, { type: 'int' }]
  const worse = [
    { name: 'a', type: 'int', nullable: 1 },
    { name: 'a', type: 'int', size: 4 },
  ]
  for (const value of [...bad, ...worse]) t.notOk(isColumnText(value), JSON.stringify(value))
})

const LONG_MAX = 2n ** 63n - 1n

/** Types, values and what they are read as. */
const CELLS: readonly (readonly [type: string, value: JsonValue, cell: unknown])[] = [
  ['int8', 127, 127],
  ['int16', -32_768, -32_768],
  ['int', 2_147_483_647, 2_147_483_647],
  ['boolean', true, 1],
  ['boolean', false, 0],
  ['boolean', 0, 0],
  ['long', 5, 5n],
  ['long', 9_007_199_254_740_993n, 9_007_199_254_740_993n],
  ['long', -(2n ** 63n), -(2n ** 63n)],
  ['timestamp', LONG_MAX, LONG_MAX],
  ['double', 1.5, 1.5],
  ['double', 'NaN', Number.NaN],
  ['double', '-Infinity', Number.NEGATIVE_INFINITY],
  ['double', 10n ** 18n, 1e18],
  ['double', new RoundedNumber(1), 1],
  ['float', 'Infinity', Number.POSITIVE_INFINITY],
  ['float', 3.4e38, 3.4e38],
  ['string', '', ''],
  ['char2', 'é', 'é'],
  ['json', '{"a": 1}', '{"a": 1}'],
  ['json', { a: [9_007_199_254_740_993n, null, 1.5] }, '{"a":[9007199254740993,null,1.5]}'],
  ['json', [new RoundedNumber(1)], '[1]'],
  ['array(long)', [9_223_372_036_854_775_807n], '[9223372036854775807]'],
  ['bytes', { base64: 'AP8Q' }, Buffer.from('00ff10', 'hex')],
  ['bytes', { base64: '' }, Buffer.alloc(0)],
  ['vector(2)', [0.5, -1], Buffer.from('0000003f000080bf', 'hex')],
  ['vector(2)', { base64: 'AAAAPwAAgL8=' }, Buffer.from('0000003f000080bf', 'hex')],
  ['datetime', '2026-01-31T23:59:59', '2026-01-31T23:59:59'],
]

t.test('readCell() reads a cell of each type', async (t) => {
  for (const [type, value, cell] of CELLS) t.strictSame(read(type, value), cell, type)
})

const WRONG: readonly (readonly [type: string, value: JsonValue, problem: string])[] = [
  ['int8', 300, 'expected an integer from -128 to 127, got 300'],
  ['int16', 32_768, 'expected an integer from -32768 to 32767, got 32768'],
  ['int', 1.5, 'expected an integer from -2147483648 to 2147483647, got 1.5'],
  ['int', 2_147_483_648, 'expected an integer from -2147483648 to 2147483647, got 2147483648'],
  ['int', '7', 'expected an integer from -2147483648 to 2147483647, got "7"'],
  ['boolean', 2, 'expected true or false, got 2'],
  ['boolean', 'yes', 'expected true or false, got "yes"'],
  ['int8', true, 'expected an integer from -128 to 127, got true'],
  ['long', 2n ** 63n, 'expected an integer of 64 bits, got 9223372036854775808'],
  ['long', 1.5, 'expected an integer of 64 bits, got 1.5'],
  ['timestamp', '2026-01-31', 'expected an integer of 64 bits, got "2026-01-31"'],
  ['double', '1.5', 'expected a number, "NaN", "Infinity" or "-Infinity", got "1.5"'],
  ['float', 1e300, 'expected a number that a float can hold, got 1e+300'],
  ['float', 'x', 'expected a number, "NaN", "Infinity" or "-Infinity", got "x"'],
  ['string', 7, 'expected a string, got 7'],
  ['string', ['a'], 'expected a string, got a list'],
  ['string', { a: 1 }, 'expected a string, got an object'],
  ['array(int)', { a: 1 }, 'expected a string, got an object'],
  ['char1', 'é', 'a char1 has at most 1 byte, this string has 2'],
  ['date', '31.01.2026', 'expected a date such as "2026-01-31", got "31.01.2026"'],
  ['time', '9:00', 'expected a time such as "23:59:59.999", got "9:00"'],
  [
    'datetime',
    '2026-01-31',
    'expected a datetime such as "2026-01-31 23:59:59.999", got "2026-01-31"',
  ],
  ['ipv4', 'localhost', 'expected an address such as "192.168.0.1", got "localhost"'],
  ['decimal(18,4)', 12.34, 'expected a decimal as a string such as "12.3400", got 12.34'],
  ['decimal', 'abc', 'expected a decimal as a string such as "12.3400", got "abc"'],
  [
    'ulong',
    '-1',
    'expected an unsigned integer as a string such as "18446744073709551615", got "-1"',
  ],
  ['uuid', 'x', 'expected a UUID as a string, got "x"'],
  ['bytes', 'AP8Q', 'expected bytes as { "base64": "…" }, got "AP8Q"'],
  ['bytes', { base64: 'AP8' }, 'expected bytes as { "base64": "…" }, got an object'],
  ['bytes', { base64: 7 }, 'expected bytes as { "base64": "…" }, got an object'],
  ['bytes', { base64: '', more: 1 }, 'expected bytes as { "base64": "…" }, got an object'],
  ['vector(2)', [1], 'a vector(2) has 2 numbers, this one has 1'],
  ['vector(2)', [1, 'x'], 'expected a list of numbers, got "x"'],
  ['vector(2)', { base64: 'AP8Q' }, 'a vector(2) has 8 bytes, this one has 3'],
  ['vector(2)', 'AP8Q', 'expected bytes as { "base64": "…" }, got "AP8Q"'],
  ['char16', null, 'a is not nullable (write "a char16?")'],
]

t.test('readCell() says what is wrong with a value', async (t) => {
  for (const [type, value, problem] of WRONG) t.equal(read(type, value), problem, type)
})

t.test('readCell() reads null in a nullable column of each type', async (t) => {
  for (const { type } of GOLDEN_COLUMNS) {
    t.strictSame(readCell(columnOf(`a ${type}?`), null), { cell: null }, type)
  }
})

t.test('readCellText() reads numbers and bytes from texts', async (t) => {
  t.equal(readText('int8', '-7'), -7)
  t.equal(readText('int', '+7'), 7)
  t.equal(readText('boolean', 'true'), 1)
  t.equal(readText('boolean', 'false'), 0)
  t.equal(readText('boolean', '1'), 1)
  t.equal(readText('long', '9223372036854775807'), LONG_MAX)
  t.equal(readText('double', ' 1.5e3 '), 1500)
  t.equal(readText('double', '-Infinity'), Number.NEGATIVE_INFINITY)
  t.strictSame(readText('double', 'NaN'), Number.NaN)
  t.strictSame(readText('bytes', 'AP8Q'), Buffer.from('00ff10', 'hex'))
  t.equal(readText('decimal(18,4)', '12.3400'), '12.3400')
})

t.test('readCellText() says what is wrong with a text', async (t) => {
  t.equal(readText('int8', '300'), 'expected an integer from -128 to 127, got 300')
  t.equal(readText('int', ''), 'expected an integer from -2147483648 to 2147483647, got ""')
  t.equal(readText('long', '1.5'), 'expected an integer of 64 bits, got "1.5"')
  t.equal(
    readText('long', '9223372036854775808'),
    'expected an integer of 64 bits, got 9223372036854775808',
  )
  t.match(readText('double', ''), /^expected a number, .*, got ""$/)
  t.match(readText('double', '1,5'), /got "1,5"$/)
  t.match(readText('float', '1e300'), /^expected a number that a float can hold/)
  t.match(readText('bytes', '?'), /^expected bytes as/)
})

t.test('numbers that are not finite are strings in JSON', async (t) => {
  const columns = columnsOf('a double?')
  const { codec, record } = dynamicSchema(columns)
  const rows = [[Number.NaN], [Number.NEGATIVE_INFINITY], [null], [1.5]]
  const text = jsonText.record(codec.schema, record(rows))
  const headers = '"column_headers":["a"],"column_datatypes":["double"]'
  t.equal(text, `{"column_1":["NaN","-Infinity",null,1.5],${headers}}`)
})
