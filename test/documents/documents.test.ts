import assert from 'node:assert/strict'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import fc from 'fast-check'
import t from 'tap'
import { Composer } from 'yaml'
import { checkShape, hasShape } from '../../src/documents/check-shape.ts'
import { listFirst } from '../../src/documents/count-text.ts'
import { didYouMean } from '../../src/documents/did-you-mean.ts'
import { fieldOf, fieldsOf } from '../../src/documents/field-of.ts'
import { firstOf } from '../../src/documents/first-of.ts'
import { parseJsonDocument } from '../../src/documents/json-document.ts'
import { findJsonItems } from '../../src/documents/json-items.ts'
import {
  describeJson,
  isJsonObject,
  type JsonValue,
  parseJsonNumber,
  RoundedNumber,
} from '../../src/documents/json-value.ts'
import {
  LineIndex,
  type LocatedDocument,
  type LocatedProblem,
} from '../../src/documents/located-document.ts'
import { parsePlainJson } from '../../src/documents/plain-json.ts'
import { toPrintable, toPrintableLines } from '../../src/documents/printable-text.ts'
import {
  at,
  combine,
  describePath,
  type JsonProblem,
  problemsOf,
  type Reading,
  readEach,
  unless,
} from '../../src/documents/reading.ts'
import { choice, duration } from '../../src/documents/schema-kinds.ts'
import { writeJson } from '../../src/documents/write-json.ts'
import {
  isDocumentFile,
  parseDocumentFile,
  parseUnnamedDocument,
} from '../../src/yaml/parse-document.ts'
import { parseYamlDocument } from '../../src/yaml/yaml-document.ts'
import { runProgram } from '../support/program.ts'

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

t.test('parseJsonNumber() keeps an integer with a fraction or an exponent', async (t) => {
  const cases: readonly (readonly [string, number | bigint])[] = [
    ['1e18', 1000000000000000000n],
    ['-9.223372036854775808E18', -9223372036854775808n],
    ['9007199254740993.0', 9007199254740993n],
    ['90071992547409930e-1', 9007199254740993n],
    ['0.000009007199254740993e21', 9007199254740993n],
    ['5.0', 5],
    ['0e99', 0],
    ['0.000', 0],
    ['1e19', 10000000000000000000n],
    ['1e99', 1e99],
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
  for (const name of ['a.json', 'a.jsonc', 'a.yaml', 'a.yml', 'a.b.json', 'A.JSON', 'a.Yaml']) {
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
  { name: 'A.JSON', text: '{ "a": 1, } // one' },
  { name: 'RULES.YAML', text: 'a: 1 # one' },
  { name: 'rules.Yml', text: 'a: 1 # one' },
]) {
  t.test(`parseDocumentFile() reads ${name} by its ending`, async (t) => {
    for (const given of [text, `\uFEFF${text}`]) {
      const parsed = parseDocumentFile(name, Buffer.from(given))
      t.strictSame('value' in parsed && parsed.value.value, { a: 1 })
    }
  })
}

t.test('parseDocumentFile() does not take YAML for JSON', async (t) => {
  const parsed = parseDocumentFile('a.json', Buffer.from('a: 1'))
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
    value: { size: 1, colour: 1, nams: [], shade: 1 },
    problems: [
      {
        path: ['colour'],
        part: 'key',
        message: 'the key "colour" is not known (expected one of size, names, a/b~c)',
      },
      { path: ['nams'], part: 'key', message: 'the key "nams" is not known (did you mean names?)' },
      { path: ['shade'], part: 'key', message: 'the key "shade" is not known' },
    ],
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
  const form = 'a duration such as 250ms, 2s, 5m, 1h, or a number of milliseconds, at most 876000h'
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

function readJson(text: string): LocatedDocument {
  const parsed = parseJsonDocument(text)
  if ('value' in parsed) return parsed.value
  throw new Error(`${text} is no document`)
}

function read(text: string): unknown {
  const parsed = parseJsonDocument(text)
  return 'value' in parsed ? parsed.value.value : parsed.problems
}

t.test('parseJsonDocument() reads every kind of value', async (t) => {
  const text = '{ "a": [1, -2.5, 1e3, true, false, null, "x\\u00e9"], "b": {}, "c": [] }'
  t.strictSame(read(text), {
    a: [1, -2.5, 1000, true, false, null, 'xé'],
    b: {},
    c: [],
  })
  t.equal(read('7'), 7)
})

t.test('parseJsonDocument() counts levels, not brackets', async (t) => {
  const flat = Array.from({ length: 200 }, () => ({ a: [{}] }))
  t.strictSame(read(JSON.stringify(flat)), flat)
})

t.test('parseJsonDocument() keeps every digit of an integer', async (t) => {
  t.strictSame(read('[9007199254740993, 9223372036854775807, -9223372036854775808, 1]'), [
    9007199254740993n,
    9223372036854775807n,
    -9223372036854775808n,
    1,
  ])
})

t.test('parseJsonDocument() takes comments and trailing commas', async (t) => {
  t.strictSame(read('// one\n{ /* two */ "a": [1, 2,], // three\n }'), { a: [1, 2] })
})

t.test('parseJsonDocument() reads a text with and without a comment alike', async (t) => {
  const key = fc.constantFrom('a', '__proto__', '1', 'a":b', '"', '\\', ' : ', 'é')
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, 0, -0, 1.5, 123456789012345, 'x', '":', '\\":', '1e5'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 3 }),
    ),
  }))
  const property = fc.property(tree, fc.constantFrom(0, 2), (value, space) => {
    const text = JSON.stringify(value, null, space)
    const plain = readJson(text)
    const commented = readJson(`${text} // a comment`)
    assert.deepStrictEqual(plain.value, commented.value)
    for (const path of [[], ['a'], ['__proto__', 'a'], [0], [1, '1'], [2, 0, 'a":b']]) {
      assert.deepEqual(plain.locate(path, 'key'), commented.locate(path, 'key'))
      assert.deepEqual(plain.locate(path, 'value'), commented.locate(path, 'value'))
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
})

t.test('locate() finds the items of lists in JSON with and without a comment alike', async (t) => {
  const key = fc.constantFrom('a', '__proto__', '1', 'a":[', '\\', 'é')
  const item = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('"', '\\', '],', '\\"['))
  const lists = fc.dictionary(key, fc.oneof(item, fc.array(item, { maxLength: 4 })))
  const property = fc.property(lists, fc.constantFrom(0, 2), (value, space) => {
    const text = JSON.stringify(value, null, space)
    const plain = readJson(text)
    const commented = readJson(`${text} // a comment`)
    for (const key of Object.keys(value)) {
      for (const index of [0, 1, 3, 4, '0']) {
        const path = [key, index]
        assert.deepEqual(plain.locate(path, 'value'), commented.locate(path, 'value'))
      }
    }
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
})

t.test('locate() finds parts of JSON that is no object', async (t) => {
  t.strictSame(readJson('[[7]]').locate(['a', 0], 'value'), { line: 1, column: 1 })
  t.strictSame(readJson('[[7]]').locate([0, 0], 'value'), { line: 1, column: 3 })
  t.equal(findJsonItems('[[7]]', [[7]]).size, 0)
})

t.test('parsePlainJson() reads only what JSON.parse reads exactly', async (t) => {
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
  for (const text of ['{"a":[1,{"b":null}]}', '"a"', '1.25', '{"a\\"":1}', deep(100)]) {
    t.strictSame(parsePlainJson(text), JSON.parse(text), text)
  }
  const others = ['', '{', '{"a":1,"a":1}', '[{"a":1}, {"a":1,"\\u0061":1}]', '["\\":"]', '[1,]']
  for (const text of [...others, '1 // x', '1e3', '1234567890123456', '0.12345678901234567']) {
    t.equal(parsePlainJson(text), undefined, text)
  }
  t.equal(parsePlainJson(deep(101)), undefined)
})

t.test('writeJson() writes longs with every digit', async (t) => {
  t.equal(writeJson({ a: 9007199254740993n, b: [1, 'x'] }), '{"a":9007199254740993,"b":[1,"x"]}')
  t.equal(writeJson({ a: 9007199254740993n }, 2), '{\n  "a": 9007199254740993\n}')
  t.equal(writeJson({ a: 1 }, 2), '{\n  "a": 1\n}')
})

t.test('parseJsonDocument() reads __proto__ like any other key', async (t) => {
  const value = read('{ "__proto__": { "x": 1 } }')
  t.ok(Object.hasOwn(Object(value), '__proto__'))
  t.equal(Object(value).x, undefined)
})

const BAD = [
  {
    text: '',
    problems: [{ position: { line: 1, column: 1 }, message: 'this is not JSON: value expected' }],
  },
  {
    text: '{\n  "a": \n}',
    problems: [{ position: { line: 3, column: 1 }, message: 'this is not JSON: value expected' }],
  },
  {
    text: '{\n"a" 1 }',
    problems: [{ position: { line: 2, column: 5 }, message: 'this is not JSON: colon expected' }],
  },
  {
    text: '{ "a": 1,\n "b": 2,\n  "a": 3, "c": { "d": 1, "d": 2 } }',
    problems: [
      { position: { line: 3, column: 3 }, path: 'a', message: 'the key "a" is repeated' },
      { position: { line: 3, column: 26 }, path: 'c.d', message: 'the key "d" is repeated' },
    ],
  },
  {
    text: '['.repeat(1_000_000),
    problems: [
      { position: { line: 1, column: 101 }, message: 'this is nested more than 100 levels deep' },
    ],
  },
]

for (const { text, problems } of BAD) {
  t.test(
    `parseJsonDocument() says where ${JSON.stringify(text.slice(0, 40))} is wrong`,
    async (t) => {
      t.strictSame(read(text), problems)
    },
  )
}

t.test('locate() finds values and keys, and the parent of a missing part', async (t) => {
  const parsed = parseJsonDocument('{\n  "jobs": [\n    { "tag": "a" }, { "tag":\n"b" }\n  ]\n}')
  const locate = 'value' in parsed ? parsed.value : undefined
  const cases = [
    { path: [], part: 'value', position: { line: 1, column: 1 } },
    { path: ['jobs'], part: 'key', position: { line: 2, column: 3 } },
    { path: ['jobs'], part: 'value', position: { line: 2, column: 11 } },
    { path: ['jobs', 1, 'tag'], part: 'key', position: { line: 3, column: 23 } },
    { path: ['jobs', 1, 'tag'], part: 'value', position: { line: 4, column: 1 } },
    { path: ['jobs', 0, 'endpoint'], part: 'value', position: { line: 3, column: 5 } },
    { path: ['jobs', 0, 'endpoint'], part: 'key', position: { line: 3, column: 5 } },
    { path: ['rules', 7], part: 'value', position: { line: 1, column: 1 } },
  ] as const
  for (const { path, part, position } of cases) {
    t.strictSame(locate?.locate(path, part), position, `${part} of ${path.join('.')}`)
  }
})

/** The value, or the problems. */
function readYaml(text: string): unknown {
  const parsed = parseYamlDocument(text)
  return 'value' in parsed ? parsed.value.value : parsed.problems
}

function yamlProblems(text: string): readonly LocatedProblem[] {
  const parsed = parseYamlDocument(text)
  return 'value' in parsed ? [] : parsed.problems
}

function documentOf(text: string): LocatedDocument {
  const parsed = parseYamlDocument(text)
  if ('value' in parsed) return parsed.value
  throw new Error(JSON.stringify(parsed.problems))
}

t.test('parseYamlDocument() reads YAML 1.2', async (t) => {
  const text = `
# a comment
jobs:
  - { tag: a, yes: yes, no: false, nothing: null, tilde: ~ }
  - "quoted": 'x'
    list: [1, 2.5, -3, 0x10]
    text: |
      one
      two
`
  t.strictSame(readYaml(text), {
    jobs: [
      { tag: 'a', yes: 'yes', no: false, nothing: null, tilde: null },
      { quoted: 'x', list: [1, 2.5, -3, 16], text: 'one\ntwo\n' },
    ],
  })
  t.strictSame(readYaml('{ a, b: }'), { a: null, b: null })
  t.equal(readYaml(''), null)
})

t.test('parseYamlDocument() keeps every digit of an integer', async (t) => {
  t.strictSame(readYaml('[9007199254740993, 9223372036854775807, -9223372036854775808, 1]'), [
    9007199254740993n,
    9223372036854775807n,
    -9223372036854775808n,
    1,
  ])
})

t.test('parseYamlDocument() reads JSON as JSON does', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        // Of integers past 64 bits, which no field takes, JSON keeps a rounded one.
        const text = JSON.stringify(value).replace(/\d{20,}/g, '7')
        const parsed = parseJsonDocument(text)
        assert.deepEqual(readYaml(text), 'value' in parsed && parsed.value.value)
      }),
      { numRuns: 300 },
    ),
  )
})

t.test('parseYamlDocument() reads __proto__ like any other key', async (t) => {
  const value = Object(readYaml('__proto__: { x: 1 }'))
  t.ok(Object.hasOwn(value, '__proto__'))
  t.equal(value.x, undefined)
})

t.test('parseYamlDocument() follows aliases', async (t) => {
  t.strictSame(readYaml('a: &x { b: 1 }\nc: *x'), { a: { b: 1 }, c: { b: 1 } })
})

const TOO_DEEP = {
  position: { line: 1, column: 1 },
  message: 'this is nested more than 100 levels deep',
}

const TAGGED =
  /^this is not YAML that JSON can hold: its tag is !!(binary|timestamp|set|omap|pairs)$/

const BAD_YAML = [
  { text: 'a: [1, 2', line: 1, column: 9, message: /^this is not YAML: ./ },
  { text: 'a: 1\nb: 2\n  a: 1', line: 2, column: 4, message: /^this is not YAML: Nested mappings/ },
  { text: 'a: 1\na: 2', line: 2, column: 1, message: /^the key "a" is repeated$/ },
  { text: 'a: 1\n? [b]\n: 2', line: 2, column: 3, message: /a key must be a text$/ },
  { text: '? { b: 1 }\n: 2', line: 1, column: 3, message: /a key must be a text$/ },
  { text: 'a: 1\n~: 2', line: 2, column: 1, message: /a key must be a text$/ },
  { text: '--- 1\n--- 2', line: 2, column: 1, message: /^this is a second YAML document: write/ },
  { text: 'a: [x, !!binary AAAA]', line: 1, column: 17, message: TAGGED },
  { text: 'a: !!timestamp 2026-01-31', line: 1, column: 16, message: TAGGED },
  { text: 'a: !!set { x }', line: 1, column: 10, message: TAGGED },
  { text: 'a: !!omap [x: 1]', line: 1, column: 11, message: TAGGED },
  { text: 'a: !!pairs [x: 1]', line: 1, column: 12, message: TAGGED },
  { text: 'a: !what x', line: 1, column: 4, message: /^this is not YAML: Unresolved tag/ },
  { text: 'a:\n\t- b', line: 2, column: 1, message: /^this is not YAML: Tabs/ },
]

for (const { text, line, column, message } of BAD_YAML) {
  t.test(`parseYamlDocument() says where ${JSON.stringify(text)} is wrong`, async (t) => {
    const [problem, ...more] = yamlProblems(text)
    t.strictSame([problem?.position, more], [{ line, column }, []])
    t.match(problem?.message, message)
  })
}

t.test(
  'parseYamlDocument() stops at the first token that is wrong, and makes no stacks',
  async (t) => {
    const { next } = Composer.prototype
    const { stackTraceLimit } = Error
    let calls = 0
    Composer.prototype.next = function* (token) {
      calls += 1
      t.equal(Error.stackTraceLimit, 0)
      yield* next.call(this, token)
    }
    t.teardown(() => Object.assign(Composer.prototype, { next }))
    for (const text of [']'.repeat(65_536), '}\n'.repeat(30_000), `[${','.repeat(65_000)}]`]) {
      calls = 0
      t.equal(yamlProblems(text).length, 1)
      t.ok(calls < 10, `${calls} calls for ${text.slice(0, 3)}`)
      t.equal(Error.stackTraceLimit, stackTraceLimit)
    }
  },
)

t.test('parseYamlDocument() rejects an alias without an anchor', async (t) => {
  const message = 'this is not YAML: the anchor nope is not defined before this'
  t.strictSame(readYaml('a: 1\nb: *nope'), [
    { position: { line: 2, column: 4 }, path: 'b', message },
  ])
})

/** A list whose items are nested aliases: it has `width` to the power of `levels` texts. */
function nestAliases(levels: number, width: number): string {
  const lines = Array.from({ length: levels }, (_, level) => {
    const item = level === 0 ? 'x' : `*a${level - 1}`
    return `a${level}: &a${level} [${Array(width).fill(item).join(', ')}]`
  })
  return lines.join('\n')
}

t.test('parseYamlDocument() rejects aliases that repeat too many values, once', async (t) => {
  const message = 'this YAML is rejected: its aliases repeat more than 100000 values'
  for (const levels of [10, 30, 100]) {
    t.match(yamlProblems(nestAliases(levels, 10)), [{ path: /^a4\[\d\]$/, message }])
  }
  t.equal(yamlProblems(nestAliases(10, 10)).length, 1)
  t.strictSame(yamlProblems(nestAliases(4, 10)), [])
})

t.test('parseYamlDocument() counts what aliases repeat, not the values of a text', async (t) => {
  const list = (count: number) => `- &a [${'x, '.repeat(99)}]\n${'- *a\n'.repeat(count)}`
  t.equal(Object(readYaml(list(1000))).length, 1001)
  t.equal(yamlProblems(list(1001)).length, 1)
  t.equal(Object(readYaml('- x\n'.repeat(100_001))).length, 100_001)
})

t.test('parseYamlDocument() rejects a value that contains itself', async (t) => {
  for (const { text, column, path } of [
    { text: 'a: &a [*a]', column: 8, path: 'a[0]' },
    { text: 'a: &a { b: *a }', column: 12, path: 'a.b' },
    { text: '&a [*a]', column: 5, path: '[0]' },
  ]) {
    const message = 'this is not YAML: the anchor a contains itself'
    t.strictSame(readYaml(text), [{ position: { line: 1, column }, path, message }], text)
  }
  t.equal(yamlProblems(`&a [${'*a,'.repeat(1000)}]`).length, 100)
})

t.test('parseYamlDocument() counts the levels of aliases', async (t) => {
  const nested = (levels: number) => `${'['.repeat(levels)}x${']'.repeat(levels)}`
  const text = (levels: number) =>
    `a: &a ${nested(49)}\nb: ${'['.repeat(levels)}*a${']'.repeat(levels)}`
  t.strictSame(yamlProblems(text(50)), [])
  t.strictSame(yamlProblems(text(51)), [{ ...TOO_DEEP, path: '' }])
})

t.test('parseYamlDocument() takes the last anchor of a name, and aliases as keys', async (t) => {
  t.strictSame(readYaml('- &a x\n- *a\n- &a y\n- *a\n- { *a : 1 }'), ['x', 'x', 'y', 'y', { y: 1 }])
})

t.test('parseYamlDocument() reads YAML 1.2 whatever a document says', async (t) => {
  t.strictSame(readYaml('%YAML 1.1\n---\n[yes, 010, 2001-01-01]'), ['yes', 10, '2001-01-01'])
})

t.test('locate() finds values and keys, and the parent of a missing part', async (t) => {
  const text = 'jobs:\n  - tag: a\n  - { tag: b,\n     1: x }\nmore: &m [1]\nalias: *m\n'
  const document = documentOf(text)
  const cases = [
    { path: [], part: 'value', line: 1, column: 1 },
    { path: ['jobs'], part: 'key', line: 1, column: 1 },
    { path: ['jobs'], part: 'value', line: 2, column: 3 },
    { path: ['jobs', 0], part: 'value', line: 2, column: 5 },
    { path: ['jobs', 0, 'tag'], part: 'key', line: 2, column: 5 },
    { path: ['jobs', 0, 'tag'], part: 'value', line: 2, column: 10 },
    { path: ['jobs', 1, 'tag'], part: 'value', line: 3, column: 12 },
    { path: ['jobs', 1, 'endpoint'], part: 'value', line: 3, column: 5 },
    { path: ['jobs', 1, 'endpoint'], part: 'key', line: 3, column: 5 },
    { path: ['jobs', 7, 'tag'], part: 'value', line: 2, column: 3 },
    { path: ['alias', 0], part: 'value', line: 6, column: 8 },
    { path: ['rules', 7], part: 'value', line: 1, column: 1 },
  ] as const
  for (const { path, part, line, column } of cases) {
    t.strictSame(document.locate(path, part), { line, column }, `${part} of ${path.join('.')}`)
  }
  t.strictSame(documentOf('').locate(['jobs', 0], 'value'), { line: 1, column: 1 })
})

t.test('parseYamlDocument() never throws', async () => {
  const piece = fc.constantFrom(
    ...['a', ': ', '- ', '\n', '\n  ', '[', ']', '{', '}', '&a ', '*a', ', ', '? ', '!!map ', '|'],
    ...['"', "'", '#', '---\n', '...\n', '%YAML 1.1\n', '<<: ', '!!binary ', '0x', '.inf', '\t'],
  )
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        parseYamlDocument(pieces.join(''))
      }),
      { numRuns: 3000 },
    ),
  )
})

t.test('parseYamlDocument() says where a text is nested too deep', async (t) => {
  for (const { open, close = '', column } of [
    { open: '[', column: 101 },
    { open: '[', close: ']', column: 101 },
    { open: '{a: ', close: '}', column: 401 },
    { open: '- ', column: 1 },
  ]) {
    for (const depth of [3000, 100_000]) {
      const text = `# "[[" 'x'\n${open.repeat(depth)}${close.repeat(depth)}`
      const problem = { ...TOO_DEEP, position: { line: 2, column } }
      t.strictSame(readYaml(text), [problem], `${open} ${depth} times`)
    }
  }
})

t.test('a program outlives YAML that is nested too deep', async (t) => {
  // In a process of its own: V8 ends the process where a regular expression finds no stack.
  const cwd = t.testdir({ 'a.yaml': '['.repeat(2000), 'b.yaml': '['.repeat(4000) })
  for (const file of ['a.yaml', 'b.yaml']) {
    const { code, err } = await runProgram(t, { argv: ['validate', file], cwd }).ended()
    t.equal(code, 3)
    t.match(err, /^[ab]\.yaml:1:\d+: this is nested [^\n]+\n$/)
  }
})

t.test('locate() finds keys that are numbers, and passes over aliases', async (t) => {
  const document = documentOf('a: &a x\n1: { true: y }\n*a : z\nb:\n')
  t.strictSame(document.locate(['1'], 'key'), { line: 2, column: 1 })
  t.strictSame(document.locate(['1', 'true'], 'value'), { line: 2, column: 12 })
  t.strictSame(document.locate(['x'], 'value'), { line: 1, column: 1 })
  t.strictSame(document.locate(['b', 'c'], 'value'), { line: 4, column: 3 })
})

const LONG_NUMBERS = [
  { name: 'a decimal fraction', number: (length: number) => `1.${'0'.repeat(length - 3)}1` },
  {
    name: 'a fraction that is an integer',
    number: (length: number) => `1.${'0'.repeat(length - 2)}`,
  },
  { name: 'an integer', number: (length: number) => '9'.repeat(length) },
  { name: 'a negative integer', number: (length: number) => `-${'9'.repeat(length - 1)}` },
  { name: 'an exponent', number: (length: number) => `1e${'9'.repeat(length - 2)}` },
]

const LONG_YAML_NUMBERS = [
  ...LONG_NUMBERS,
  { name: 'a hexadecimal integer', number: (length: number) => `0x${'f'.repeat(length - 2)}` },
  { name: 'an octal integer', number: (length: number) => `0o${'7'.repeat(length - 2)}` },
  { name: 'a signed integer', number: (length: number) => `+${'9'.repeat(length - 1)}` },
]

const TOO_LONG = 'a number has more than 400 characters'

for (const { name, number } of LONG_NUMBERS) {
  t.test(`H1: parseJsonDocument() refuses ${name} of more than 400 characters`, async (t) => {
    for (const length of [401, 65_536]) {
      const problems = [{ position: { line: 2, column: 7 }, message: TOO_LONG }]
      t.strictSame(read(`{\n "a": ${number(length)} }`), problems)
    }
    t.strictSame(Object.keys(Object(read(`{ "a": ${number(400)} }`))), ['a'])
  })
}

for (const { name, number } of LONG_YAML_NUMBERS) {
  t.test(`H1: parseYamlDocument() refuses ${name} of more than 400 characters`, async (t) => {
    const message = `this is not YAML: ${TOO_LONG}`
    for (const length of [401, 65_536]) {
      const text = number(length)
      const problems = [{ position: { line: 2, column: 4 }, message }]
      t.strictSame(readYaml(`# one\na: ${text}`), problems)
      t.strictSame(
        readYaml(`# one\na: !!${/[.e]/.test(text) ? 'float' : 'int'} "${text}"`),
        problems,
      )
    }
    t.strictSame(Object.keys(Object(readYaml(`a: ${number(400)}`))), ['a'])
  })
}

t.test('H1: texts of any length that look like numbers stay texts', async (t) => {
  const digits = '9'.repeat(65_536)
  t.equal(read(`"${digits}"`), digits)
  t.equal(readYaml(`"${digits}"`), digits)
  t.equal(readYaml(`x${digits}`), `x${digits}`)
})

/** How many items repeat in a text of 64 KB. */
const MANY = 10_000

for (const { name, text } of [
  { name: 'commas', text: `[${','.repeat(16_000)}` },
  { name: 'repeated keys', text: `{${'"a":1,'.repeat(MANY)}}` },
  { name: 'repeated keys of many objects', text: `[${'{"a":1,"a":1},'.repeat(MANY)}]` },
  { name: 'invalid symbols', text: `[${'@ '.repeat(MANY)}]` },
]) {
  t.test(`H15: parseJsonDocument() reports at most 100 problems of ${name}`, async (t) => {
    const parsed = parseJsonDocument(text)
    t.equal('problems' in parsed && parsed.problems.length, 100)
  })
}

for (const { name, text, count } of [
  { name: 'repeated keys', text: 'a: 1\n'.repeat(MANY), count: 100 },
  { name: 'repeated keys of many objects', text: '- { a: 1, a: 1 }\n'.repeat(MANY), count: 100 },
  { name: 'keys that are lists', text: '? [a]\n: 1\n'.repeat(MANY), count: 100 },
  { name: 'lost aliases', text: '- *a\n'.repeat(MANY), count: 100 },
  { name: 'brackets', text: ']'.repeat(MANY), count: 1 },
]) {
  t.test(`H15: parseYamlDocument() reports at most 100 problems of ${name}`, async (t) => {
    t.equal(yamlProblems(text).length, count)
  })
}

t.test('H15: messages and paths cut what they quote', async (t) => {
  const long = 'k'.repeat(60_000)
  const texts = [
    `{ "${long}": 1, "${long}": 1 }`,
    `{ "${long}": { "a": 1, "a": 1 } }`,
    `{ ${'"k": { '.repeat(90)} "${long}": 1, "${long}": 1 ${'}'.repeat(90)} }`,
  ]
  for (const text of texts) {
    for (const problems of [read(text), readYaml(text)]) {
      t.ok(JSON.stringify(problems).length < 600, JSON.stringify(problems).slice(0, 1000))
    }
  }
  for (const text of [`- *${long}`, `- !<${long}> x`, `- &a${long} [*a${long}]`, `%${long}\n---`]) {
    t.ok(JSON.stringify(readYaml(text)).length < 600, text.slice(0, 10))
  }
  const schema = Type.Object({}, { additionalProperties: false, expected: 'an object' })
  const [problem] = problemsOf(checkShape(schema, { [long]: 1 }))
  t.equal(problem?.message, `the key "${'k'.repeat(80)}…" is not known`)
})

t.test('describePath() writes a path as JavaScript does, and cuts it', async (t) => {
  t.equal(describePath([]), '')
  t.equal(describePath(['rules', 0, 'when', 'endpoint']), 'rules[0].when.endpoint')
  t.equal(describePath([0, 'a']), '[0].a')
  t.equal(describePath(['k'.repeat(80), 1]), `${'k'.repeat(80)}[1]`)
  t.equal(describePath(['k'.repeat(81), 1]), `${'k'.repeat(80)}…[1]`)
  t.equal(describePath(Array(100).fill('ab')).length, 201)
})

t.test('H15: reading stops after a hundred problems', async (t) => {
  let calls = 0
  const wrong = (): Reading<number> => {
    calls += 1
    return { problems: [problem('x'), problem('y')] }
  }
  const { problems } = readEach(Array(1000).fill(''), wrong)
  t.strictSame([problems.length, calls], [100, 50])
  const parts = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [index, wrong()]))
  t.equal(problemsOf(combine(parts)).length, 100)
})

const BAD_BYTES = [
  { name: 'Latin-1', bytes: Buffer.from('a: 1\nb: caf\u00e9', 'latin1'), line: 2, column: 7 },
  {
    name: 'a cut sequence',
    bytes: Buffer.from([0x61, 0x3a, 0x20, 0xe2, 0x82]),
    line: 1,
    column: 4,
  },
  {
    name: 'bad bytes after replacement characters and a byte order mark',
    bytes: Buffer.concat([Buffer.from('\uFEFF\uFFFD\u{1F600}\uFFFD\n\u00e9'), Buffer.from([0xff])]),
    line: 2,
    column: 2,
  },
]

for (const { name, bytes, line, column } of BAD_BYTES) {
  t.test(`F8: parseDocumentFile() says where ${name} is not UTF-8`, async (t) => {
    const message = 'this is not UTF-8: save the file as UTF-8'
    for (const file of ['a.yaml', 'a.json']) {
      t.strictSame(parseDocumentFile(file, bytes), {
        problems: [{ position: { line, column }, message }],
      })
    }
  })
}

t.test('F8: parseDocumentFile() recognizes UTF-16', async (t) => {
  const little = Buffer.from('\uFEFF{"jobs": []}', 'utf16le')
  const big = Buffer.from(little).swap16()
  const position = { line: 1, column: 1 }
  for (const bytes of [little, big]) {
    const message = 'this is UTF-16: save the file as UTF-8'
    t.strictSame(parseDocumentFile('a.json', bytes), { problems: [{ position, message }] })
  }
  const message = 'a text has no NUL character; if this is UTF-16, save the file as UTF-8'
  t.strictSame(parseDocumentFile('a.json', little.subarray(2)), {
    problems: [{ position: { line: 1, column: 2 }, message }],
  })
})

t.test('F8: parseDocumentFile() reads UTF-8, replacement characters too', async (t) => {
  const parsed = parseDocumentFile('a.json', Buffer.from('"\uFFFD caf\u00e9 \u{1F600} \uFFFD"'))
  t.equal('value' in parsed && parsed.value.value, '\uFFFD caf\u00e9 \u{1F600} \uFFFD')
})

t.test('F10: a byte order mark does not move columns', async (t) => {
  for (const name of ['a.json', 'a.yaml']) {
    const parsed = parseDocumentFile(name, Buffer.from('\uFEFF{ "a": 1 }'))
    const position = 'value' in parsed && parsed.value.locate(['a'], 'key')
    t.strictSame(position, { line: 1, column: 3 }, name)
  }
})

t.test('firstOf() reads an iterable no further than it must', async (t) => {
  let read = 0
  const endless = function* () {
    for (;;) {
      read += 1
      yield read
    }
  }
  t.strictSame(firstOf(endless(), 0), [])
  t.equal(read, 0)
  t.strictSame(firstOf(endless(), 2), [1, 2])
  t.equal(read, 2)
  t.strictSame(firstOf(['a'], 2), ['a'])
})

t.test('listFirst() names three items and counts the others', async (t) => {
  t.equal(listFirst([]), '')
  t.equal(listFirst(['a', 'b', 'c']), 'a; b; c')
  t.equal(listFirst(['a', 'b', 'c', 'd']), 'a; b; c; and 1 more')
})

t.test('hasShape() agrees with checkShape()', async (t) => {
  for (const value of [{ size: 1 }, { size: 0 }, 7]) {
    t.equal(hasShape(Schema, value), 'value' in checkShape(Schema, value))
  }
})

const ESCAPED_FORMATS = '\\u061c\\u200b\\u200e\\u200f\\u202a\\u202e\\u2066\\u2069\\ufeff'

const UNPRINTABLE: [string, string][] = [
  ['a\nb\r\tc', 'a\\nb\\r\\tc'],
  ['\0\x07\b\f\x1b[31m\x7f', '\\u0000\\u0007\\b\\f\\u001b[31m\\u007f'],
  ['\x85\x9b', '\\u0085\\u009b'],
  ['\u2028\u2029', '\\u2028\\u2029'],
  ['\u061c\u200b\u200e\u200f\u202a\u202e\u2066\u2069\ufeff', ESCAPED_FORMATS],
  ['\u{e0041}', '\\udb40\\udc41'],
  ['\ud800', '\\ud800'],
]

t.test('toPrintable() escapes what a terminal or a log reader may act on', async (t) => {
  for (const [text, expected] of UNPRINTABLE) t.equal(toPrintable(text), expected)
  for (const text of ['', 'plain text', 'ä €, 日本 😀', '\\n "quoted"']) {
    t.equal(toPrintable(text), text)
  }
})

t.test('toPrintableLines() keeps lines', async (t) => {
  t.equal(toPrintableLines('a\u001b\nb\r\n'), 'a\\u001b\nb\\r\n')
})

t.test('parseUnnamedDocument() reads JSON with comments and YAML, by how they start', async (t) => {
  for (const text of [
    '{"jobs":[7]}',
    '\uFEFF\n{ /* one */ "jobs": [7,], }',
    '// one\n{ "jobs": [7] }',
    '{ jobs: [7] }',
    '{ "jobs": [7] # one\n}',
    '# one\njobs:\n  - 7\n',
    '---\njobs: [7]',
  ]) {
    const parsed = parseUnnamedDocument(text)
    t.strictSame('value' in parsed ? parsed.value.value : parsed, { jobs: [7] }, text)
  }
})

t.test(
  'parseUnnamedDocument() reports the problems of the language that a text looks like',
  async (t) => {
    const problemOf = (text: string) => {
      const parsed = parseUnnamedDocument(text)
      const [{ position, message } = { position: {}, message: '' }] =
        'problems' in parsed ? parsed.problems : []
      return { position, message: message.split(':')[0] }
    }
    t.strictSame(problemOf('\n{ "jobs": [7 }'), {
      position: { line: 2, column: 14 },
      message: 'this is not JSON',
    })
    t.match(problemOf('jobs: [7'), { message: 'this is not YAML' })
    t.match(problemOf('jobs: "\0"'), { position: { line: 1, column: 8 } })
  },
)

t.test('a value of unknown shape has the fields of an object, and else none', async (t) => {
  t.strictSame(fieldsOf({ a: 1, b: undefined }), [
    ['a', 1],
    ['b', undefined],
  ])
  t.strictSame(fieldsOf(['x']), [['0', 'x']])
  for (const value of [undefined, null, 5, 'text', 7n]) {
    t.strictSame(fieldsOf(value), [])
    t.equal(fieldOf(value, 'length'), undefined)
  }
  t.equal(fieldOf(['x'], 'length'), 1)
})
