import t from 'tap'
import { EventParser, type StreamEvent } from '../../src/documents/event-parser.ts'

const TEXT =
  ': \n\nevent: hello\ndata: {"a":"é"}\n\n: heartbeat\n\ndata: one\r\ndata: two\r\n\r\nevent: x\rdata\r\r'
const EVENTS = [
  { event: 'hello', data: '{"a":"é"}' },
  { event: 'message', data: 'one\ntwo' },
  { event: 'x', data: '' },
]

/** The events of texts that arrive one after the other. */
function readAll(...texts: readonly string[]): StreamEvent[] {
  const parser = new EventParser()
  return texts.flatMap((text) => parser.read(Buffer.from(text)))
}

t.test('events are read from pieces of any size', async (t) => {
  const bytes = Buffer.from(TEXT)
  for (let size = 1; size <= bytes.length; size++) {
    const parser = new EventParser()
    const events: StreamEvent[] = []
    for (let at = 0; at < bytes.length; at += size) {
      events.push(...parser.read(bytes.subarray(at, at + size)))
    }
    // The last CR could begin a CRLF, until more text comes.
    events.push(...parser.read(Buffer.from(':')))
    t.strictSame(events, EVENTS, `pieces of ${size}`)
  }
})

t.test('an event without data, and an unknown field, are nothing', async (t) => {
  t.strictSame(readAll('event: a\n\nid: 7\nretry: 1\n\ndata:x\n\nrest'), [
    { event: 'message', data: 'x' },
  ])
})

t.test('only the first space of a value is left out', async (t) => {
  t.strictSame(readAll('event:changes\ndata:  2\n\n'), [{ event: 'changes', data: ' 2' }])
})

t.test('a line without an end is rejected', async (t) => {
  const pieces = Array<string>(20).fill('x'.repeat(100_000))
  t.throws(() => readAll(...pieces), new RangeError('an event is too long'))
})

t.test('an event without an end is rejected', async (t) => {
  const pieces = Array<string>(20).fill(`data: ${'x'.repeat(100_000)}\n`)
  t.throws(() => readAll(...pieces), new RangeError('an event is too long'))
  const events = readAll(...pieces.map((piece) => `${piece}\n`))
  t.equal(events.length, 20, 'many events may be longer together')
})
