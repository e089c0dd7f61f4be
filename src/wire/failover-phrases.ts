/**
 * A client that finds one of these in a message treats the cluster as gone and tries the next one
 * (the official Python, Java and C++ clients 7.2.3; the last two phrases with HTTP 400 only).
 */
const FAILOVER_PHRASES = [
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

/**
 * The phrases that the official Java client 7.1.10 looks for in the reason phrase of HTTP 400; the
 * Python client 7.2.3 reads the message.
 */
const REASON_PHRASES = ['System shutting down', 'Unavailable: Draining HA queue']

/** The HTTP reason phrase for an answer with this message; undefined means the standard one. */
export function findReasonPhrase(message: string): string | undefined {
  return REASON_PHRASES.find((phrase) => message.includes(phrase))
}

/** Alters the phrases in a message that quotes a request: no client must fail over by accident. */
export function withoutFailoverPhrases(message: string): string {
  return FAILOVER_PHRASES.reduce(
    (text, phrase) => text.replaceAll(phrase, phrase.replace(/[ -]/, '_')),
    message,
  )
}
