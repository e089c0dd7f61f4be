/** Encodings of a message: JSON text, Avro binary, or snappy-compressed Avro binary. */
export const ENCODINGS = ['json', 'binary', 'snappy'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** Encodings of the result of a job: JSON text or Avro binary. */
export const RESULT_ENCODINGS = ['json', 'binary'] as const satisfies readonly Encoding[]
export type ResultEncoding = (typeof RESULT_ENCODINGS)[number]

/** The encoding of the response to a request: snappy requests get uncompressed Avro. */
export function answerEncoding(encoding: Encoding): ResultEncoding {
  return encoding === 'json' ? 'json' : 'binary'
}
