import t from 'tap'
import { readJson, writeJson } from './exact-json.ts'

t.test('readJson() keeps every digit of a long', async (t) => {
  const text = '{"ids":[1,9007199254740993,-9223372036854775808],"x":1234567890123456.5}'
  const ids = [1, 9007199254740993n, -9223372036854775808n]
  t.strictSame(readJson(text), { ids, x: 1234567890123456.5 })
})

t.test('readJson() keeps digits in strings unchanged', async (t) => {
  const text = '["9007199254740993","a \\"9007199254740993\\" b","\\\\",9007199254740993]'
  const texts = ['9007199254740993', 'a "9007199254740993" b', '\\']
  t.strictSame(readJson(text), [...texts, 9007199254740993n])
})

t.test('writeJson() writes longs in quotes', async (t) => {
  t.strictSame(writeJson({ ids: [1, 9007199254740993n] }), '{"ids":[1,"9007199254740993"]}')
})
