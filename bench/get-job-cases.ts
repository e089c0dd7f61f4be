/** A request of /get/job to one of the example's jobs. */
export interface GetJobCase {
  readonly name: string
  readonly contentType: 'application/json' | 'application/octet-stream'
  readonly body: string | Buffer
}

/**
 * A running and a finished job in both encodings, as the Python client 7.2.3 polls them. The
 * binary bodies are the job's id as a zig-zag varint, and a map that ends at once.
 */
export const GET_JOB_CASES: readonly GetJobCase[] = [
  json('JSON, running', 103),
  json('JSON, finished', 101),
  binary('binary, running', 'd00100'),
  binary('binary, finished', 'cc0100'),
]

function json(name: string, id: number): GetJobCase {
  return { name, contentType: 'application/json', body: `{"job_id": ${id}, "options": {}}` }
}

function binary(name: string, hex: string): GetJobCase {
  return { name, contentType: 'application/octet-stream', body: Buffer.from(hex, 'hex') }
}
