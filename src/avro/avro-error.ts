/** Bytes that are not the record they should be; the message names record, field and byte. */
export class AvroError extends Error {
  readonly code = 'AVRO_UNDECODABLE'
  /** The record that was expected, such as `create_job_request`. */
  readonly record: string
  /** Where in the bytes the trouble starts. */
  readonly offset: number

  constructor(record: string, problem: { readonly offset: number; readonly reason: string }) {
    super(`Cannot decode ${record}: at byte ${problem.offset}, ${problem.reason}`)
    this.name = 'AvroError'
    this.record = record
    this.offset = problem.offset
  }
}
