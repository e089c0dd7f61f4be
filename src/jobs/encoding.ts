/** How a message travels: JSON text, Avro binary, or snappy-compressed Avro binary. */
export const ENCODINGS = ['json', 'binary', 'snappy'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** How the result of a job travels: JSON text, or Avro binary. */
export const RESULT_ENCODINGS = ['json', 'binary'] as const satisfies readonly Encoding[]
export type ResultEncoding = (typeof RESULT_ENCODINGS)[number]

/** The encoding of the answer to a request: snappy is answered with Avro that is not compressed. */
export function answerEncoding(encoding: Encoding): ResultEncoding {
  return encoding === 'json' ? 'json' : 'binary'
}
