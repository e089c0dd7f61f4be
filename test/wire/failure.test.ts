import t from 'tap'
import { describeFailure } from '../../src/wire/failure.ts'
import { GpudbError } from '../../src/wire/gpudb-error.ts'

t.test('describeFailure() tells a GpudbError as it is', async (t) => {
  t.match(describeFailure(new GpudbError('Cannot find job 7')), {
    status: 400,
    message: 'Cannot find job 7',
  })
  t.match(describeFailure(new GpudbError('Cannot find /x', { status: 404 })), { status: 404 })
})

t.test('describeFailure() tells a body over the limit as 413', async (t) => {
  const error = Object.assign(new Error('body'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' })
  t.strictSame(describeFailure(error), {
    status: 413,
    message: 'Cannot read the body: it is over the limit, raise body-limit',
  })
})

t.test('describeFailure() tells a failure of our own as 400, never as 500', async (t) => {
  const coded = Object.assign(new Error('Connection reset by peer'), { code: 'ECONNRESET' })
  const cases: [unknown, string][] = [
    [new TypeError('x is not a function'), 'Cannot answer: x is not a function'],
    [coded, 'Cannot answer: Connection_reset by peer'],
    [undefined, 'Cannot answer: unknown failure'],
    ['Kinetica is exiting', 'Cannot answer: unknown failure'],
  ]
  for (const [thrown, message] of cases) {
    const failure = describeFailure(thrown)
    t.equal(failure.status, 400)
    t.equal(failure.message, message)
  }
})
