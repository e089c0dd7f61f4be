import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { noticeLine } from '../../src/http-parts/logging.ts'
import { LogQueue } from '../../src/process/log-queue.ts'
import { Output } from '../../src/process/output.ts'
import { StopSignals } from '../../src/process/stop-signals.ts'
import { nextTurn } from '../support/next-turn.ts'

type Done = (error?: Error | null) => void

/** A stream whose reader takes text when the test says so. */
class SlowStream extends EventEmitter {
  readonly #waiting: { readonly text: string; readonly done: Done }[] = []
  read = ''
  /** The number of writes with text. */
  writes = 0

  get writableLength(): number {
    return this.#waiting.reduce((sum, { text }) => sum + text.length, 0)
  }

  write(text: string, done: Done): void {
    if (text !== '') this.writes += 1
    this.#waiting.push({ text, done })
  }

  /** Takes everything that waits. */
  take(): void {
    for (const { text, done } of this.#waiting.splice(0)) {
      this.read += text
      done()
    }
  }

  /** Fails everything that waits, as Node does. */
  fail(error: Error): void {
    for (const { done } of this.#waiting.splice(0)) done(error)
    this.emit('error', error)
  }
}

t.test('flush() resolves when everything is read', async (t) => {
  const stream = new SlowStream()
  const output = new Output(stream)
  output.write('one')
  t.equal(output.queued, 3)
  let isRead = false
  const flushed = output.flush().finally(() => (isRead = true))
  output.write('two')
  await Promise.resolve()
  t.equal(isRead, false)
  stream.take()
  t.equal(await flushed, undefined)
  t.equal(stream.read, 'one')
  const second = output.flush()
  stream.take()
  t.equal(await second, undefined)
  t.equal(stream.read, 'onetwo')
})

t.test('write() collects the texts of one turn, up to a size', async (t) => {
  const stream = new SlowStream()
  const output = new Output(stream)
  for (const text of ['one', 'two', 'three']) output.write(text)
  t.equal(stream.writes, 0)
  await nextTurn()
  stream.take()
  t.equal(stream.read, 'onetwothree')
  t.equal(stream.writes, 1)
  output.write('x'.repeat(100_000))
  t.equal(stream.writes, 2)
  output.write('next')
  await nextTurn()
  await nextTurn()
  t.equal(stream.writes, 3)
})

t.test('writeCollected() hands over at once, for the end of the process', async (t) => {
  const stream = new SlowStream()
  const output = new Output(stream)
  output.write('last words')
  output.writeCollected()
  output.writeCollected()
  t.equal(stream.writes, 1)
  stream.take()
  t.equal(stream.read, 'last words')
})

t.test('flush() resolves with the first error of the stream', async (t) => {
  const stream = new SlowStream()
  const output = new Output(stream)
  const [first, second] = [new Error('write EPIPE'), new Error('write EIO')]
  const early = output.flush()
  stream.fail(first)
  t.equal(await early, first)
  output.write('lost')
  stream.fail(second)
  const late = output.flush()
  stream.take()
  t.equal(await late, first)
})

/** A queue of log lines for a slow reader, and its stream. */
function openQueue(maxQueued: number): { readonly stream: SlowStream; readonly log: LogQueue } {
  const stream = new SlowStream()
  const notice = (message: string) => noticeLine('console', message)
  return { stream, log: new LogQueue(new Output(stream), { maxQueued, notice }) }
}

t.test('write() of a log drops and counts lines while too much waits for the reader', async (t) => {
  const { stream, log } = openQueue(12)
  for (let line = 1; line <= 1000; line += 1) log.write(`${line}\n`)
  t.ok(stream.writableLength <= 12)
  stream.take()
  // Until the reader has taken what waited, lines are dropped: the report follows the gap.
  log.write('x\n')
  await nextTurn()
  stream.take()
  t.equal(
    stream.read,
    '1\n2\n3\n4\n5\n6\ndropped 995 log lines: the reader of stderr was too slow\n',
  )
  log.write('next\n')
  log.write('too long\n')
  stream.take()
  await nextTurn()
  stream.take()
  t.equal(
    stream.read.split('\n').slice(7).join('\n'),
    'next\ndropped 1 log line: the reader of stderr was too slow\n',
  )
  t.equal(log.dropped, 996)
})

t.test('write() of a log takes a line of any length if nothing waits', async (t) => {
  const { stream, log } = openQueue(3)
  log.write('longer than the queue\n')
  await nextTurn()
  stream.take()
  t.equal(stream.read, 'longer than the queue\n')
})

t.test('write() of a log drops nothing if the stream takes everything at once', async (t) => {
  const file = Object.assign(new EventEmitter(), {
    text: '',
    writableLength: 0,
    write(text: string, done: Done) {
      file.text += text
      done()
    },
  })
  const notice = (message: string) => noticeLine('console', message)
  const log = new LogQueue(new Output(file), { maxQueued: 12, notice })
  const lines = Array.from({ length: 100 }, (_, index) => `a line of a turn: ${index}\n`)
  for (const line of lines) log.write(line)
  await nextTurn()
  t.equal(file.text, lines.join(''))
})

t.test('write() of a log goes on after the reader is gone', async (t) => {
  const { stream, log } = openQueue(3)
  log.write('one\n')
  log.write('two\n')
  stream.fail(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  await nextTurn()
  stream.fail(new Error('write EPIPE'))
  log.write('new reader\n')
  await nextTurn()
  stream.take()
  t.equal(stream.read, 'new reader\n')
})

t.test(
  'received resolves with the first of the signals; all are caught until release()',
  async (t) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) {
      const source = Object.assign(new EventEmitter(), { stdin: new PassThrough() })
      const signals = new StopSignals(source)
      t.equal(source.emit(signal), true)
      t.equal(source.emit(signal), true)
      await signals.received
      signals.release()
      t.equal(source.emit(signal), false)
    }
  },
)

t.test('inputEnd() takes the end and an error of the input as a signal', async (t) => {
  for (const end of [
    (input: PassThrough) => input.end('x'),
    (input: PassThrough) => input.destroy(new Error('EIO')),
  ]) {
    const stdin = new PassThrough()
    const signals = new StopSignals(Object.assign(new EventEmitter(), { stdin }))
    const ended = signals.inputEnd()
    stdin.write('ignored')
    await nextTurn()
    t.equal(signals.isReceived, false)
    end(stdin)
    await ended
    t.equal(signals.isReceived, true)
    await signals.received
  }
})

t.test('terminal is the size of a terminal, and undefined for other outputs', async (t) => {
  const stream = new SlowStream()
  t.equal(new Output(stream).terminal, undefined)
  const size = { columns: 120, rows: 40 }
  t.strictSame(new Output(Object.assign(stream, { isTTY: true, ...size })).terminal, size)
  const unsized = Object.assign(new SlowStream(), { isTTY: true })
  t.strictSame(new Output(unsized).terminal, { columns: 0, rows: 0 })
})
