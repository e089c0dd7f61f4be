import t from 'tap'
import { STATUSES, toGpudbError } from '../../src/http/failure.ts'
import { GpudbError } from '../../src/wire/gpudb-error.ts'

t.test('toGpudbError() returns a GpudbError as it is', async (t) => {
  const error = new GpudbError('Cannot find /x', { code: 'UNKNOWN_ENDPOINT' })
  t.equal(toGpudbError(error), error)
})

t.test('toGpudbError() reports a body over the limit', async (t) => {
  const error = Object.assign(new Error('body'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' })
  const { code, message } = toGpudbError(error)
  t.strictSame([code, STATUSES[code]], ['TOO_LARGE', 413])
  t.equal(message, 'Cannot read the body: it is over the limit, raise body-limit')
})

t.test('toGpudbError() reports an unexpected failure as 400, never as 500', async (t) => {
  const coded = Object.assign(new Error('Connection reset by peer'), { code: 'ECONNRESET' })
  const cases: [unknown, string][] = [
    [new TypeError('x is not a function'), 'Cannot answer: x is not a function'],
    [coded, 'Cannot answer: Connection_reset by peer'],
    [undefined, 'Cannot answer: unknown failure'],
    ['Kinetica is exiting', 'Cannot answer: unknown failure'],
  ]
  for (const [thrown, message] of cases) {
    const failure = toGpudbError(thrown)
    t.equal(STATUSES[failure.code], 400)
    t.equal(failure.message, message)
  }
})
