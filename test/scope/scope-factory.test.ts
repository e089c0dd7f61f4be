import t from 'tap'
import { createUuids } from '../../src/scope/scope-factory.ts'

const FORM = /^[\da-f]{8}-[\da-f]{4}-([48])[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

for (const { seed, version } of [
  { seed: undefined, version: '4' },
  { seed: 'ci', version: '8' },
]) {
  t.test(`createUuids(${seed}) makes UUIDs of version ${version}, no two the same`, async (t) => {
    const uuids = Array.from({ length: 1000 }, createUuids(seed))
    t.equal(new Set(uuids).size, 1000)
    t.strictSame(
      uuids.filter((uuid) => FORM.exec(uuid)?.[1] !== version),
      [],
    )
  })
}

t.test('createUuids() makes the same sequence for the same seed alone', async (t) => {
  const take = (seed: string | undefined) => Array.from({ length: 3 }, createUuids(seed))
  t.strictSame(take('a'), take('a'))
  t.notSame(take('a'), take('b'))
  t.notSame(take(undefined), take(undefined))
})
