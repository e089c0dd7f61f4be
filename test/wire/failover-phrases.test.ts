import fc from 'fast-check'
import t from 'tap'
import { withoutFailoverPhrases } from '../../src/wire/failover-phrases.ts'

/** As PROTOCOL lists them, "Errors". */
const PHRASES = [
  'Kinetica is exiting',
  'Kinetica is offline',
  'System is offline',
  'system-limited-fatal',
  'Connection refused',
  'Connection reset',
  'Query planner is not running',
  'Unexpected end of file from server',
  'System shutting down',
  'Unavailable: Draining HA queue',
]

t.test('withoutFailoverPhrases() alters every phrase and keeps the text readable', async (t) => {
  for (const phrase of PHRASES) {
    const text = withoutFailoverPhrases(`Cannot find ${phrase}: no such table`)
    t.equal(text, `Cannot find ${phrase.replace(/[ -]/, '_')}: no such table`)
  }
})

t.test('withoutFailoverPhrases() keeps other messages unchanged', async (t) => {
  const message = 'Cannot cancel job 7: it is already DONE - the system is online'
  t.equal(withoutFailoverPhrases(message), message)
  t.equal(withoutFailoverPhrases(''), '')
})

t.test('withoutFailoverPhrases() leaves no phrase in any message', async (t) => {
  const words = PHRASES.flatMap((phrase) => phrase.split(/(?<=[ -])/))
  const parts = fc.oneof(fc.constantFrom(...PHRASES), fc.constantFrom(...words), fc.string())
  const property = fc.property(fc.array(parts), (chosen) => {
    const text = withoutFailoverPhrases(chosen.join(''))
    return PHRASES.every((phrase) => !text.includes(phrase))
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})
