import t from 'tap'
import { ByteBudget } from '../../src/jobs/byte-budget.ts'

t.test('a budget fits bytes up to its maximum, together with those in use', async (t) => {
  const budget = new ByteBudget(10)
  t.equal(budget.fits(10), true)
  t.equal(budget.fits(11), false)
  budget.take(4)
  t.equal(budget.usedBytes, 4)
  t.equal(budget.fits(6), true)
  t.equal(budget.fits(7), false)
})

t.test('released bytes fit again, and more can be in use than the maximum', async (t) => {
  const budget = new ByteBudget(10)
  budget.take(25)
  t.equal(budget.usedBytes, 25)
  t.equal(budget.fits(0), false)
  budget.release(20)
  t.equal(budget.usedBytes, 5)
  t.equal(budget.fits(5), true)
})
