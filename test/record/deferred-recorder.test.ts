import t from 'tap'
import type { Exchange } from '../../src/exchanges/exchange.ts'
import { DeferredRecorder } from '../../src/record/deferred-recorder.ts'
import { ManualTime } from '../support/clocks.ts'
import { made } from '../support/record-exchanges.ts'

const MB = 1024 * 1024

function exchangeOf(target: string, bytes = 0): Exchange {
  return { ...made({ endpoint: '/has/table' }), target, answer: Buffer.alloc(bytes) }
}

/** A recorder with time that a test advances. */
function deferred() {
  const recorded: string[] = []
  const calls = { inFlight: 0 }
  const time = new ManualTime(0)
  const recorder = new DeferredRecorder({
    recorder: { add: ({ target }) => void recorded.push(target) },
    time,
    calls,
  })
  return { recorder, recorded, calls, time }
}

t.test('a small exchange is recorded at once', async (t) => {
  const { recorder, recorded, time } = deferred()
  recorder.add(exchangeOf('/a', 1000))
  recorder.postpone()
  t.strictSame(recorded, ['/a'])
  t.equal(time.waiting, 0)
})

t.test('a large exchange is recorded when no call has passed for a second', async (t) => {
  const { recorder, recorded, calls, time } = deferred()
  recorder.add(exchangeOf('/large', 18 * MB))
  time.pass(999)
  recorder.postpone()
  time.pass(999)
  t.strictSame(recorded, [], 'a call passed meanwhile')
  calls.inFlight = 1
  time.pass(1)
  t.strictSame(recorded, [], 'a call is passing')
  calls.inFlight = 0
  time.pass(1000)
  t.strictSame(recorded, ['/large'])
  t.equal(time.waiting, 0)
})

t.test('exchanges behind a large one are recorded after it', async (t) => {
  const { recorder, recorded, time } = deferred()
  for (const [target, bytes] of [
    ['/1', MB],
    ['/2', 5],
    ['/3', 5],
    ['/4', MB],
    ['/5', 5],
  ] as const) {
    recorder.add(exchangeOf(target, bytes))
  }
  t.strictSame(recorded, [])
  time.pass(1000)
  t.strictSame(recorded, ['/1', '/2', '/3'])
  time.pass(1000)
  t.strictSame(recorded, ['/1', '/2', '/3', '/4', '/5'])
  recorder.add(exchangeOf('/6', 5))
  t.equal(recorded.at(-1), '/6')
})

t.test('at most 64 MB wait, and none after the end', async (t) => {
  const { recorder, recorded, time } = deferred()
  for (const target of ['/1', '/2', '/3']) recorder.add(exchangeOf(target, 30 * MB))
  t.strictSame(recorded, ['/1'])
  recorder.add(exchangeOf('/4', 70 * MB))
  t.strictSame(recorded, ['/1', '/2', '/3', '/4'])
  recorder.add(exchangeOf('/5', MB))
  recorder.flush()
  t.equal(recorded.at(-1), '/5')
  t.equal(time.waiting, 0)
})
