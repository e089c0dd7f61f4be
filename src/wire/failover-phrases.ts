/**
 * Clients that read one of these in a message take the cluster for gone and try the next one (the
 * official Python 7.2.3, Java 7.2.3 and C++ 7.2.3 clients; the last two with HTTP 400 only).
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
 * Those of them that a client looks for in the reason phrase of HTTP 400 instead (the official Java
 * 7.1.10 client; the Python 7.2.3 one reads the message).
 */
const REASON_PHRASES = ['System shutting down', 'Unavailable: Draining HA queue']

/** The reason phrase that an answer with a message is to have; undefined where HTTP's own will do. */
export function findReasonPhrase(message: string): string | undefined {
  return REASON_PHRASES.find((phrase) => message.includes(phrase))
}

/** Keeps a message that quotes a request from making a client fail over by accident. */
export function withoutFailoverPhrases(message: string): string {
  return FAILOVER_PHRASES.reduce(
    (text, phrase) => text.replaceAll(phrase, phrase.replace(/[ -]/, '_')),
    message,
  )
}
