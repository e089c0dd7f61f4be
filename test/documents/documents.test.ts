import assert from 'node:assert/strict'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import fc from 'fast-check'
import t from 'tap'
import { checkShape } from '../../src/documents/check-shape.ts'
import { didYouMean } from '../../src/documents/did-you-mean.ts'
import {
  describeJson,
  isJsonObject,
  type JsonValue,
  parseJsonNumber,
  RoundedNumber,
} from '../../src/documents/json-value.ts'
import { LineIndex } from '../../src/documents/located-document.ts'
import { isDocumentFile, parseNamedDocument } from '../../src/documents/parse-document.ts'
import {
  at,
  combine,
  type JsonProblem,
  problemsOf,
  type Reading,
  readEach,
  unless,
} from '../../src/documents/reading.ts'
import { choice, duration } from '../../src/documents/schema-kinds.ts'

t.test('parseJsonNumber() keeps every digit of an integer of 64 bits', async (t) => {
  const cases: [string, number | bigint][] = [
    ['0', 0],
    ['-1', -1],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9223372036854775808', 9223372036854775808n],
  ]
  for (const [text, value] of cases) t.equal(parseJsonNumber(text), value, text)
})

t.test('parseJsonNumber() reads other numbers as JavaScript does', async (t) => {
  for (const text of ['1.5', '-0.25', '1e3', '1e300', '1E400', '5.0', '50e-1', '0.0', '123e18']) {
    t.equal(parseJsonNumber(text), Number(text), text)
  }
})

t.test('parseJsonNumber() marks a fraction that the double has lost', async (t) => {
  for (const text of ['9007199254740993.5', '1.00000000000000000001', '1e-400', '-5e-400']) {
    t.strictSame(parseJsonNumber(text), new RoundedNumber(Number(text)), text)
  }
})

t.test('parseJsonNumber() makes no bigint of what is far over 64 bits', async (t) => {
  for (const text of ['100000000000000000000', '-10000000000000000000000', '9'.repeat(100_000)]) {
    t.equal(parseJsonNumber(text), Number(text), text.slice(0, 25))
  }
})

t.test('isJsonObject() knows objects from lists and null', async (t) => {
  t.equal(isJsonObject({}), true)
  t.equal(isJsonObject([]), false)
  t.equal(isJsonObject(null), false)
  t.equal(isJsonObject(undefined), false)
  t.equal(isJsonObject('text'), false)
})

t.test('describeJson() says what a value is', async (t) => {
  const cases: [JsonValue, string][] = [
    [null, 'null'],
    [[1], 'a list'],
    [{ a: 1 }, 'an object'],
    [true, 'true'],
    [1.5, '1.5'],
    [9007199254740993n, '9007199254740993'],
    ['a "b"', '"a \\"b\\""'],
    ['a'.repeat(40), `"${'a'.repeat(40)}"`],
    ['a'.repeat(41), 'a string of 41 characters'],
  ]
  for (const [value, text] of cases) t.equal(describeJson(value), text)
})

t.test('position() counts lines and columns from 1', async (t) => {
  const lines = new LineIndex('ab\n\ncd')
  const offsets = [0, 1, 2, 3, 4, 5, 6]
  t.strictSame(
    offsets.map((offset) => lines.position(offset)),
    [
      { line: 1, column: 1 },
      { line: 1, column: 2 },
      { line: 1, column: 3 },
      { line: 2, column: 1 },
      { line: 3, column: 1 },
      { line: 3, column: 2 },
      { line: 3, column: 3 },
    ],
  )
})

t.test('position() agrees with a count of the breaks before', async (t) => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n') })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(text, fc.nat(), (given, seed) => {
        const offset = seed % (given.length + 1)
        const before = given.slice(0, offset).split('\n')
        const expected = { line: before.length, column: Number(before.at(-1)?.length) + 1 }
        assert.deepEqual(new LineIndex(given).position(offset), expected)
      }),
    ),
  )
})

t.test('isDocumentFile() knows JSON and YAML by their endings', async (t) => {
  for (const name of ['a.json', 'a.jsonc', 'a.yaml', 'a.yml', 'a.b.json']) {
    t.equal(isDocumentFile(name), true, name)
  }
  for (const name of ['a.txt', 'json', '.json', 'a.json.bak', 'a.JSON5', '']) {
    t.equal(isDocumentFile(name), false, name)
  }
})

for (const { name, text } of [
  { name: 'a.json', text: '{ "a": 1, } // one' },
  { name: 'a.jsonc', text: '{ "a": 1, } // one' },
  { name: 'a.txt', text: '{ "a": 1, } // one' },
  { name: 'a.yaml', text: 'a: 1 # one' },
  { name: 'a.yml', text: 'a: 1 # one' },
]) {
  t.test(`parseNamedDocument() reads ${name} by its ending`, async (t) => {
    for (const given of [text, `\uFEFF${text}`]) {
      const parsed = parseNamedDocument(name, given)
      t.strictSame('value' in parsed && parsed.value.value, { a: 1 })
    }
  })
}

t.test('parseNamedDocument() does not take YAML for JSON', async (t) => {
  const parsed = parseNamedDocument('a.json', 'a: 1')
  const [problem] = 'problems' in parsed ? parsed.problems : []
  t.match(problem?.message, /^this is not JSON: /)
})

const Schema = Type.Object(
  {
    size: Type.Integer({ minimum: 1, expected: 'an integer from 1' }),
    names: Type.Optional(
      Type.Array(Type.String({ expected: 'a name' }), { expected: 'a list of names' }),
    ),
    'a/b~c': Type.Optional(Type.Literal(true, { expected: 'true' })),
  },
  { additionalProperties: false, expected: 'an object' },
)

t.test('checkShape() returns a value of the right shape', async (t) => {
  const value = { size: 1, names: ['x'], 'a/b~c': true }
  t.strictSame(checkShape(Schema, value), { value })
})

const WRONG = [
  {
    value: 7,
    problems: [{ path: [], part: 'value', message: 'expected an object, got 7' }],
  },
  {
    value: {},
    problems: [{ path: ['size'], part: 'value', message: 'the key "size" is missing' }],
  },
  {
    value: { size: 0 },
    problems: [{ path: ['size'], part: 'value', message: 'expected an integer from 1, got 0' }],
  },
  {
    value: { size: '1', names: ['a', 2, 'b', null] },
    problems: [
      { path: ['size'], part: 'value', message: 'expected an integer from 1, got "1"' },
      { path: ['names', 1], part: 'value', message: 'expected a name, got 2' },
      { path: ['names', 3], part: 'value', message: 'expected a name, got null' },
    ],
  },
  {
    value: { size: 1, nams: [] },
    problems: [
      { path: ['nams'], part: 'key', message: 'the key "nams" is not known (did you mean names?)' },
    ],
  },
  {
    value: { size: 1, colour: 1 },
    problems: [{ path: ['colour'], part: 'key', message: 'the key "colour" is not known' }],
  },
  {
    value: { size: 1, 'a/b~c': false },
    problems: [{ path: ['a/b~c'], part: 'value', message: 'expected true, got false' }],
  },
] as const

for (const { value, problems } of WRONG) {
  t.test(`checkShape() reports what is wrong with ${JSON.stringify(value)}`, async (t) => {
    const shaped = checkShape(Schema, value)
    const found = 'problems' in shaped ? [...shaped.problems] : []
    const inOrder = found.sort((left, right) => left.path.length - right.path.length)
    t.strictSame(inOrder, problems)
  })
}

t.test('checkShape() reports at most a hundred problems', async (t) => {
  const counts = [99, 100, 101, 1000].map((length) => {
    const names = Array.from({ length }, (_, index) => index)
    return problemsOf(checkShape(Schema, { size: 1, names })).length
  })
  t.strictSame(counts, [99, 100, 100, 100])
})

t.test('duration() is the schema of durations', async (t) => {
  const schema = duration({ description: 'how long', default: '1s' })
  for (const value of ['250ms', '1.5s', '5m', '1h', '7', 0, 2.5]) {
    t.equal(Value.Check(schema, value), true, String(value))
  }
  for (const value of ['', 's', '1 s', '1d', '-1s', -1, Number.NaN, null, true, ['1s']]) {
    t.equal(Value.Check(schema, value), false, String(value))
  }
  t.strictSame([schema.description, schema.default], ['how long', '1s'])
  const form = 'a duration such as 250ms, 2s, 5m, 1h, or a number of milliseconds'
  t.equal(duration()['expected'], form)
})

t.test('duration() as JSON Schema agrees with what it checks', async (t) => {
  const [text] = duration()['anyOf']
  const pattern = new RegExp(text.pattern)
  for (const value of ['250ms', '1.5s', '5m', '1h', '7']) t.ok(pattern.test(value), value)
  for (const value of ['', 's', '1 s', '1d', '-1s', '1s ']) t.notOk(pattern.test(value), value)
})

t.test('choice() is the schema of one of some texts', async (t) => {
  const schema = choice(['json', 'binary'], { description: 'how' })
  t.equal(Value.Check(schema, 'json'), true)
  for (const value of ['JSON', '', 0, null]) t.equal(Value.Check(schema, value), false)
  t.equal(schema['expected'], 'one of json, binary')
  t.strictSame([schema['enum'], schema.description], [['json', 'binary'], 'how'])
})

t.test('didYouMean() names the word that is nearest', async (t) => {
  const known = ['table_name', 'action', 'options']
  t.equal(didYouMean('table_nmae', known), ' (did you mean table_name?)')
  t.equal(didYouMean('option', known), ' (did you mean options?)')
  t.equal(didYouMean('tableName', known), ' (did you mean table_name?)')
})

t.test('didYouMean() is empty if no word is near', async (t) => {
  t.equal(didYouMean('colour', ['table_name', 'action', 'options']), '')
  t.equal(didYouMean('anything', []), '')
})

t.test('didYouMean() takes two slips in five letters, not three', async (t) => {
  t.equal(didYouMean('abcxx', ['abcde']), ' (did you mean abcde?)')
  t.equal(didYouMean('abxxx', ['abcde']), '')
})

t.test('didYouMean() does not compare a word that is very long', async (t) => {
  const longest = 'a'.repeat(100)
  t.equal(didYouMean(longest, [`${longest}b`]), ` (did you mean ${longest}b?)`)
  t.equal(didYouMean(`${longest}a`, [`${longest}b`]), '')
})

function problem(message: string, ...path: JsonProblem['path']): JsonProblem {
  return { path, part: 'value', message }
}

t.test('unless() keeps a value only without problems', async (t) => {
  t.strictSame(unless([], 7), { value: 7 })
  t.strictSame(unless([problem('x')], 7), { problems: [problem('x')] })
})

t.test('at() prefixes the paths of problems, and leaves a value as it is', async (t) => {
  const wrong: Reading<number> = { problems: [problem('x', 'a', 0)] }
  t.strictSame(at(['b', 1], wrong), { problems: [problem('x', 'b', 1, 'a', 0)] })
  t.strictSame(at(['b'], { value: 7 }), { value: 7 })
})

t.test('combine() has all parts, or the problems of all of them in their order', async (t) => {
  const one: Reading<number> = { value: 1 }
  const wrong = (message: string): Reading<string> => ({ problems: [problem(message)] })
  t.strictSame(combine({ a: one, b: { value: undefined } }), { value: { a: 1, b: undefined } })
  const problems = [problem('x'), problem('y')]
  t.strictSame(combine({ b: wrong('x'), a: one, c: wrong('y') }), { problems })
  t.strictSame(combine({ a: one, b: { problems: [] } }), { problems: [] })
})

t.test('combine() reads __proto__ like any other part', async (t) => {
  const parts = Object.fromEntries([['__proto__', { value: 1 }]])
  const reading = combine(parts)
  t.strictSame('value' in reading && Object.entries(reading.value), [['__proto__', 1]])
})

t.test('readEach() keeps the items that can be read, with their indexes', async (t) => {
  const read = (text: string, index: number): Reading<string> =>
    text === '' ? { problems: [problem('is empty', 'text')] } : { value: `${text}${index}` }
  t.strictSame(readEach(['a', '', 'c', ''], read), {
    items: [
      [0, 'a0'],
      [2, 'c2'],
    ],
    problems: [problem('is empty', 1, 'text'), problem('is empty', 3, 'text')],
  })
})
