import t from 'tap'
import { isLong, longType } from '../../src/avro/long-type.ts'
import { varint } from '../support/avro-reference.ts'

const MAX = 9223372036854775807n
const MIN = -9223372036854775808n

t.test('longType reads and writes all 64 bits', async (t) => {
  // Zig-zag varints, by hand: 2n for n >= 0, -2n - 1 for n < 0, seven bits a byte.
  const cases: [bigint, string][] = [
    [0n, '00'],
    [-1n, '01'],
    [1n, '02'],
    [-64n, '7f'],
    [64n, '8001'],
    [9007199254740993n, '8280808080808020'],
    [-9007199254740993n, '8180808080808020'],
    [MAX, 'feffffffffffffffff01'],
    [MIN, 'ffffffffffffffffff01'],
  ]
  for (const [value, hex] of cases) {
    t.equal(longType.toBuffer(value).toString('hex'), hex, `${value} to bytes`)
    t.equal(longType.fromBuffer(Buffer.from(hex, 'hex')), value, `${hex} to a long`)
  }
})

t.test('longType is right beside every power of two', async (t) => {
  for (let bits = 0n; bits < 63n; bits += 1n) {
    for (const value of [2n ** bits - 1n, 2n ** bits, 2n ** bits + 1n, -(2n ** bits), MIN + bits]) {
      t.equal(longType.toBuffer(value).toString('hex'), varint(value).toString('hex'), `${value}`)
      t.equal(longType.fromBuffer(varint(value)), value, `${value} back`)
    }
  }
})

t.test('longType refuses what is no bigint of 64 bits', async (t) => {
  for (const value of [MAX + 1n, MIN - 1n, 0, 1.5, '1', null, undefined]) {
    t.equal(longType.isValid(value), false, String(value))
    t.throws(() => longType.toBuffer(value), String(value))
  }
  t.equal(longType.isValid(MAX), true)
  t.equal(longType.isValid(MIN), true)
})

t.test('longType orders longs by value', async (t) => {
  t.equal(longType.compare(MIN, MAX), -1)
  t.equal(longType.compare(MAX, MIN), 1)
  t.equal(longType.compare(MAX, 9223372036854775807n), 0)
})

t.test('longType keeps every digit in JSON', async (t) => {
  t.equal(longType.toString(MAX), '"9223372036854775807"')
  t.equal(longType.fromString('"9223372036854775807"'), MAX)
  t.equal(longType.fromString('7'), 7n)
})

t.test('isLong() knows the ends of the range', async (t) => {
  t.equal(isLong(MAX), true)
  t.equal(isLong(MIN), true)
  t.equal(isLong(MAX + 1n), false)
  t.equal(isLong(MIN - 1n), false)
})
