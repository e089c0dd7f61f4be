import type { FastifyRequest } from 'fastify'

/** Is aborted when the connection of a request is closed before it was answered. */
export function goneSignal({ raw }: Pick<FastifyRequest, 'raw'>): AbortSignal {
  const gone = new AbortController()
  raw.socket.once('close', () => gone.abort())
  return gone.signal
}
