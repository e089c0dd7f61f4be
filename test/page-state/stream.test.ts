import t from 'tap'
import type { StreamEvent } from '../../src/documents/event-parser.ts'
import { follow } from '../../src/page-state/stream.ts'

const EURO = new TextEncoder().encode('data: €\n\n')

/** Follows streams, one for each entry: its pieces, or why it does not open. */
async function followAll(sources: readonly (readonly Uint8Array[] | Error)[]) {
  const events: StreamEvent[] = []
  const ends: unknown[] = []
  const waits: number[] = []
  let opened = 0
  await follow({
    open: async () => {
      const source = sources[opened++] ?? []
      if (source instanceof Error) throw source
      return ReadableStream.from(source)
    },
    onEvent: (event) => events.push(event),
    onEnd: (error) => ends.push(error),
    wait: async (ms) => {
      waits.push(ms)
    },
    isWanted: () => opened < sources.length,
  })
  return { events, ends, waits }
}

t.test('a stream is opened again when it ends, at first soon', async (t) => {
  const { events, ends, waits } = await followAll([[EURO.slice(0, 7), EURO.slice(7)], [EURO]])
  t.strictSame(events, [
    { event: 'message', data: '€' },
    { event: 'message', data: '€' },
  ])
  t.strictSame(ends, [undefined, undefined])
  t.strictSame(waits, [250, 250])
})

t.test('pauses grow to eight seconds while no stream opens', async (t) => {
  const error = new Error('refused')
  const { ends, waits } = await followAll([...Array(7).fill(error), [EURO], error])
  t.strictSame(ends, [...Array(7).fill(error), undefined, error])
  t.strictSame(waits, [250, 500, 1000, 2000, 4000, 8000, 8000, 250, 500])
})
