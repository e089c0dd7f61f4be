import t from 'tap'
import { ByteCursor, MalformedBytes } from '../../src/avro/byte-cursor.ts'

function cursorOver(hex: string): ByteCursor {
  return new ByteCursor(Buffer.from(hex, 'hex'))
}

t.test('ByteCursor reports its offset and the remaining bytes', async (t) => {
  const cursor = cursorOver('0102030405')
  t.equal(cursor.offset, 0)
  t.equal(cursor.left, 5)
  cursor.skip(3)
  t.equal(cursor.offset, 3)
  t.equal(cursor.left, 2)
  t.throws(() => cursor.skip(3), new MalformedBytes('3 bytes are needed, 2 are left', 3))
  t.equal(cursor.offset, 3, 'a refused step moves nothing')
})

t.test('long() reads zig-zag varints', async (t) => {
  // The table of the Avro specification, "Binary Encoding", and the ends of what is exact.
  const cases: [string, number][] = [
    ['00', 0],
    ['01', -1],
    ['02', 1],
    ['03', -2],
    ['04', 2],
    ['7f', -64],
    ['8001', 64],
    ['8000', 0],
    ['feffffffffffff1f', 2 ** 53 - 1],
    ['ffffffffffffff0f', -(2 ** 52)],
  ]
  for (const [hex, value] of cases) {
    const cursor = cursorOver(hex)
    t.equal(cursor.long(), value, hex)
    t.equal(cursor.left, 0, hex)
  }
})

t.test('long() takes ten bytes of 64 bits and no more', async (t) => {
  t.ok(cursorOver('feffffffffffffffff01').long() > 2 ** 62, 'the largest long')
  for (const hex of ['ffffffffffffffffff02', 'ffffffffffffffffffff01', '80808080808080808080']) {
    t.throws(() => cursorOver(hex).long(), new MalformedBytes('a long is too wide', 0), hex)
  }
  t.doesNotThrow(() => cursorOver('80808080808080808000').long(), 'ten bytes that say 0')
})

t.test('skipInt() takes five bytes of 32 bits and no more', async (t) => {
  for (const hex of ['00', 'feffffff0f', 'ffffffff0f', '8080808000']) {
    const cursor = cursorOver(hex)
    cursor.skipInt()
    t.equal(cursor.left, 0, hex)
  }
  for (const hex of ['ffffffff10', 'ffffffff1f', '808080808000']) {
    t.throws(() => cursorOver(hex).skipInt(), new MalformedBytes('an int is too wide', 0), hex)
  }
})

t.test('a varint that is cut off is refused', async (t) => {
  t.throws(() => cursorOver('').long(), new MalformedBytes('the bytes end too early', 0))
  t.throws(() => cursorOver('ffff').skipInt(), new MalformedBytes('the bytes end too early', 2))
})

t.test('skipBoolean() takes 0 and 1 alone', async (t) => {
  const cursor = cursorOver('000102')
  cursor.skipBoolean()
  cursor.skipBoolean()
  const refused = new MalformedBytes('a boolean is neither 0 nor 1', 2)
  t.throws(() => cursor.skipBoolean(), refused)
  t.throws(() => cursorOver('').skipBoolean(), new MalformedBytes('the bytes end too early', 0))
})

t.test('skipBytes() passes over any bytes, skipString() over UTF-8 alone', async (t) => {
  const bytes = cursorOver('06ff00fe')
  bytes.skipBytes()
  t.equal(bytes.left, 0)
  const text = cursorOver('04c3a4')
  text.skipString()
  t.equal(text.left, 0)
  // A lone byte, an overlong NUL, a surrogate, a cut sequence, a scalar past U+10FFFF.
  for (const hex of ['02ff', '04c080', '06eda080', '02c3', '08f4908080']) {
    const cursor = cursorOver(hex)
    t.throws(() => cursor.skipString(), new MalformedBytes('a string is not UTF-8', 1), hex)
  }
})

t.test('a length beyond the remaining bytes is rejected at its offset', async (t) => {
  const cursor = cursorOver('0006aa')
  cursor.skipBytes()
  const reason = 'bytes of 3 bytes is claimed, 1 are left'
  t.throws(() => cursor.skipBytes(), new MalformedBytes(reason, 1))
  t.throws(
    () => cursorOver('01').skipString(),
    new MalformedBytes('a string of -1 bytes is claimed, 0 are left', 0),
  )
})
