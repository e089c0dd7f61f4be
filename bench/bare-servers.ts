import { bareArguments } from './bare-answer.ts'
import type { Message } from './load.ts'
import { benchProgram, type ServerProcess, startServer } from './server-process.ts'

/** The programs that answer without doing anything of a mock. */
export type BareProgram =
  | 'bare-http'
  | 'bare-fastify'
  | 'bare-fastify-bundled'
  | 'bare-fastify-schemas'

/** An answer that bare servers repeat. */
export interface RecordedAnswer {
  readonly contentType: string
  readonly bytes: Buffer
}

/** Starts a bare server that gives an answer to each request. */
export function startBare(
  program: BareProgram,
  { contentType, bytes }: RecordedAnswer,
): Promise<ServerProcess> {
  return startServer({ args: [benchProgram(program), ...bareArguments(contentType, bytes)] })
}

/** The answer of a server to a message. Throws if it is not a success. */
export async function recordAnswer(
  { url }: ServerProcess,
  { path, contentType, body }: Message,
): Promise<RecordedAnswer> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
  if (!answer.ok) throw new Error(`Cannot measure: ${path} was answered with ${answer.status}`)
  return {
    contentType: answer.headers.get('content-type') ?? '',
    bytes: Buffer.from(await answer.arrayBuffer()),
  }
}
