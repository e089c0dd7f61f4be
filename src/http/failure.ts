import type { Socket } from 'node:net'
import { refuseType } from '../wire/encoding.ts'
import { GpudbError, type GpudbErrorCode } from '../wire/gpudb-error.ts'
import type { Wrapper } from '../wire/wrapper.ts'

/**
 * The HTTP statuses of rejected calls. 400 is the only one that all clients report well: with 404,
 * Python 7.2.3 fails over and loses the message.
 */
export const STATUSES = {
  REFUSED: 400,
  TOO_LARGE: 413,
  UNAUTHORIZED: 401,
  UNKNOWN_ENDPOINT: 404,
  WRONG_METHOD: 405,
  STOPPING: 503,
} as const satisfies Record<GpudbErrorCode, number>

/**
 * Turns a thrown value into an error for the client. Unexpected errors are REFUSED too: 500, 502,
 * 503 and 504 make clients fail over, and Python 7.2.3.13 resends the request. `contentType` is that
 * of the request.
 */
export function toGpudbError(error: unknown, contentType?: string): GpudbError {
  if (error instanceof GpudbError) return error
  if (!(error instanceof Error)) return new GpudbError('Cannot answer: unknown failure')
  const code = 'code' in error ? error.code : undefined
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new GpudbError(refuseType(contentType))
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const message = 'Cannot read the body: it is over the limit, raise body-limit'
    return new GpudbError(message, { code: 'TOO_LARGE' })
  }
  return new GpudbError(`Cannot answer: ${error.message}`)
}

/** Whether an error is a defect of the mock: others are GpudbErrors or have Fastify's status. */
export function isUnexpected(error: unknown): boolean {
  return !(error instanceof GpudbError || (error instanceof Error && 'statusCode' in error))
}

/** Handles bytes that are not HTTP: answers 400 with an ERROR wrapper and closes the connection. */
export function answerUnreadable(wrapper: Wrapper): (error: Error, socket: Socket) => void {
  return (error, socket) => {
    if (!socket.writable) return void socket.destroy()
    const { contentType, body } = wrapper.error('json', `Cannot read the request: ${error.message}`)
    const head = [
      'HTTP/1.1 400 Bad Request',
      `Content-Type: ${contentType}`,
      `Content-Length: ${body.length}`,
      'Connection: close',
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  }
}
