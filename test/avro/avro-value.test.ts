import t from 'tap'
import { createMap } from '../../src/avro/avro-value.ts'

t.test('createMap() keeps every key as data', async (t) => {
  const entries = ['__proto__', 'constructor', 'toString', ''].map((key) => [key, key] as const)
  const map = createMap(entries)
  t.strictSame(Object.entries(map), entries)
})

t.test('createMap() makes maps that inherit no key', async (t) => {
  for (const map of [createMap([]), createMap([['a', 1n]])]) {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      t.equal(key in map, false, key)
      t.equal(map[key], undefined, key)
    }
  }
})

t.test('createMap() lets the later of two entries with one key win', async (t) => {
  t.strictSame(
    Object.entries(
      createMap([
        ['a', 1n],
        ['b', 2n],
        ['a', 3n],
      ]),
    ),
    [
      ['a', 3n],
      ['b', 2n],
    ],
  )
})

t.test('createMap() makes an empty map that nobody can change', async (t) => {
  const map = createMap([])
  t.strictSame(Object.keys(map), [])
  t.equal(Reflect.set(map, 'key', 'value'), false)
})
