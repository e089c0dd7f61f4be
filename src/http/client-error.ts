import type { Socket } from 'node:net'
import type { Wrapper } from '../wire/wrapper.ts'

/** Answers what is no HTTP at all: 400 with an ERROR wrapper, and the connection is closed. */
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
