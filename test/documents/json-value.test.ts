import t from 'tap'
import {
  describeJson,
  isJsonObject,
  type JsonValue,
  parseJsonNumber,
  RoundedNumber,
} from '../../src/documents/json-value.ts'

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
