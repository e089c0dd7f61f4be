import { parseArgs } from 'node:util'

/** The answer of a bare server to every request. */
export interface BareAnswer {
  readonly contentType: string
  /** JSON is a string, everything else a Buffer. */
  readonly body: string | Buffer
}

/** The arguments with which a bare server receives its answer. */
export function bareArguments(contentType: string, body: Buffer): string[] {
  return ['--type', contentType, '--body', body.toString('base64')]
}

/** Reads the arguments of `bareArguments`. */
export function readBareAnswer(): BareAnswer {
  const { type = '', body = '' } = parseArgs({
    options: { type: { type: 'string' }, body: { type: 'string' } },
  }).values
  const bytes = Buffer.from(body, 'base64')
  const json = type.startsWith('application/json')
  return { contentType: type, body: json ? bytes.toString('latin1') : bytes }
}
