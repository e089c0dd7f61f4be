import fc from 'fast-check'
import t from 'tap'
import {
  isJsonList,
  isJsonObject,
  type JsonValue,
  RoundedNumber,
} from '../../src/documents/json-value.ts'
import { writeYaml } from '../../src/yaml/write-yaml.ts'
import { parseYamlDocument } from '../../src/yaml/yaml-document.ts'
import { anyText } from '../support/avro-arbitrary.ts'

function read(text: string): unknown {
  const parsed = parseYamlDocument(text)
  if ('problems' in parsed) throw new Error(parsed.problems[0]?.message)
  return parsed.value.value
}

const SHOWN: readonly (readonly [value: JsonValue, text: string])[] = [
  [{ a: 1, b: [true, null, 'x'] }, '{ a: 1, b: [true, null, x] }\n'],
  [{}, '{}\n'],
  [[], '[]\n'],
  [9007199254740993n, '9007199254740993\n'],
  [-0, '-0.0\n'],
  [new RoundedNumber(1), '1\n'],
  ['yes', '"yes"\n'],
  ['1', '"1"\n'],
  ['SELECT * FROM orders', 'SELECT * FROM orders\n'],
  ['a: b', '"a: b"\n'],
  ['\u2028\u0085', '"\\u2028\\u0085"\n'],
  [{ a: 'one\n\n  two' }, 'a: |-\n  one\n\n    two\n'],
  [['one\ntwo\n', 3], '- |\n  one\n  two\n- 3\n'],
  [{ a: ' one\ntwo' }, '{ a: " one\\ntwo" }\n'],
  [
    { long: ['x'.repeat(60), 'y'.repeat(60)] },
    `long:\n  - ${'x'.repeat(60)}\n  - ${'y'.repeat(60)}\n`,
  ],
  [[['x'.repeat(99), [1]]], `- - ${'x'.repeat(99)}\n  - [1]\n`],
]

t.test(
  'writes short values in one line, others in blocks, and texts of several lines as they are',
  async (t) => {
    for (const [value, text] of SHOWN) {
      t.equal(writeYaml(value), text)
      t.strictSame(plain(read(`v:\n ${text.replaceAll('\n', '\n ')}`)), plain({ v: value }))
    }
  },
)

t.test('writes comments behind values of one line and above others', async (t) => {
  const step = { after: '2s' }
  const rule = { when: { endpoint: '/has/table' } }
  const comments = new Map<unknown, string>([
    [step, '±250ms'],
    [rule, '3 calls'],
  ])
  const text = writeYaml({ rules: [rule], steps: [step] }, { comments, blockLevels: 3 })
  const lines = [
    'rules:',
    '  - when: { endpoint: /has/table } # 3 calls',
    'steps:',
    '  - after: 2s # ±250ms',
  ]
  t.equal(text, `${lines.join('\n')}\n`)
})

t.test('a text has lines of at most a hundred characters, also with a comment', async (t) => {
  const step = { after: '2s' }
  const comments = new Map<unknown, string>([[step, 'x'.repeat(90)]])
  t.equal(writeYaml([step], { comments }), `# ${'x'.repeat(90)}\n- { after: 2s }\n`)
})

const anyKey = fc.oneof(anyText, fc.constantFrom('__proto__', 'a', '- b', '1', 'k'.repeat(1500)))

const anyScalar: fc.Arbitrary<JsonValue> = fc.oneof(
  anyText,
  fc.string({
    unit: fc.constantFrom('a', ' ', '\n', '#', ':', '-', '\t', '\r', '"', "'", '|'),
    maxLength: 12,
  }),
  fc.constantFrom('null', '~', '1e5', '.5', '0x1', '2026-01-31', '\ud800', '=', '<<', '---', 'NaN'),
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
)

const anyJson = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyScalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(anyKey, tie('value')), { maxLength: 4 }).map(Object.fromEntries),
  ),
})).value

/** Integers have one form: a reader cannot know how a number was held. */
function plain(value: unknown): unknown {
  const json = value as JsonValue
  if (isJsonList(json)) return json.map(plain)
  if (isJsonObject(json)) {
    return Object.entries(json).map(([key, item]) => [key, plain(item)])
  }
  if (typeof json === 'object' && json !== null) return Number(Reflect.get(json, 'value'))
  return typeof json === 'bigint' ? Number(json) : json
}

t.test('any value is read as it was written', async (t) => {
  const property = fc.property(anyJson, fc.integer({ min: 0, max: 3 }), (value, blockLevels) => {
    t.strictSame(plain(read(writeYaml({ value }, { blockLevels }))), plain({ value }))
  })
  fc.assert(property, { numRuns: 500 })
})
