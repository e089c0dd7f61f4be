import t from 'tap'
import { didYouMean } from '../../src/documents/did-you-mean.ts'

t.test('didYouMean() names the word that is nearest', async (t) => {
  const known = ['table_name', 'action', 'options']
  t.equal(didYouMean('table_nmae', known), ' (did you mean table_name?)')
  t.equal(didYouMean('option', known), ' (did you mean options?)')
  t.equal(didYouMean('tableName', known), ' (did you mean table_name?)')
})

t.test('didYouMean() says nothing where no word is near', async (t) => {
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
