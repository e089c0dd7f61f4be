import t from 'tap'
import { GpudbError } from '../../src/wire/gpudb-error.ts'

t.test('a GpudbError has the code REFUSED by default', async (t) => {
  const error = new GpudbError('Cannot find job 7')
  t.equal(error.message, 'Cannot find job 7')
  t.equal(error.code, 'REFUSED')
  t.equal(error.name, 'GpudbError')
  t.equal(error.cause, undefined)
  t.ok(error instanceof Error)
})

t.test('GpudbError keeps its code and its cause', async (t) => {
  const cause = new Error('cause')
  const error = new GpudbError('Cannot read the body', { code: 'TOO_LARGE', cause })
  t.equal(error.code, 'TOO_LARGE')
  t.equal(error.cause, cause)
})

t.test('the message of a GpudbError contains no phrase that makes clients fail over', async (t) => {
  const error = new GpudbError('Cannot find table Connection refused')
  t.equal(error.message, 'Cannot find table Connection_refused')
})
