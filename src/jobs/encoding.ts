/** How a message travels: JSON text, Avro binary, or snappy-compressed Avro binary. */
export const ENCODINGS = ['json', 'binary', 'snappy'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** How the result of a job travels: JSON text, or Avro binary. */
export const RESULT_ENCODINGS = ['json', 'binary'] as const satisfies readonly Encoding[]
export type ResultEncoding = (typeof RESULT_ENCODINGS)[number]
