/**
 * A request that is refused as HTTP, before an endpoint or a route sees its content: malformed, too
 * large, too late. The answer has the status of the error, and is a wrapper or a problem document.
 */
export class RequestError extends Error {
  readonly statusCode: number

  constructor(statusCode: number, message: string, { cause }: { readonly cause?: unknown } = {}) {
    super(message, { cause })
    this.name = 'RequestError'
    this.statusCode = statusCode
  }
}
