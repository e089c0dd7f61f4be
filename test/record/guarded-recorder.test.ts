import t from 'tap'
import type { Exchange } from '../../src/exchanges/exchange.ts'
import { guardRecorder } from '../../src/record/guarded-recorder.ts'

const EXCHANGE: Exchange = {
  receivedAtMs: 1,
  answeredAtMs: 2,
  method: 'POST',
  target: '/show/table?x=secret',
  requestType: undefined,
  request: Buffer.alloc(0),
  status: 200,
  answerType: undefined,
  answer: Buffer.alloc(0),
  whole: true,
}

t.test(
  'an exchange that cannot be recorded is reported, and the others are recorded',
  async (t) => {
    const warnings: string[] = []
    const added: Exchange[] = []
    const recording = {
      isFull: false,
      add: (exchange: Exchange) => {
        if (exchange.status === 500) throw new Error('strange')
        added.push(exchange)
      },
    }
    const recorder = guardRecorder(recording, (message) => void warnings.push(message))
    recorder.add({ ...EXCHANGE, status: 500 })
    recorder.add(EXCHANGE)
    t.strictSame(added, [EXCHANGE])
    t.strictSame(warnings, ['did not record POST /show/table: strange'])
    recording.isFull = true
    recorder.add(EXCHANGE)
    recorder.add(EXCHANGE)
    t.equal(warnings.length, 2)
    t.match(warnings[1], /^there is no more room for new rules, raise max-bytes/)
  },
)
