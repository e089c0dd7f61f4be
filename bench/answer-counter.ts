const HEAD_END = '\r\n\r\n'

/** `HTTP/1.1 200 OK`: the status begins here. */
const STATUS_START = 9

/** OK, and Created. */
const WITH_BODY: ReadonlySet<string> = new Set(['200', '201'])

/** No Content: such an answer has no content-length. */
const WITHOUT_BODY = '204'

/**
 * Counts the answers of a connection. It reads what it must, the status and the content-length, so
 * that the load takes little time beside the server.
 */
export class AnswerCounter {
  #rest: Buffer = Buffer.alloc(0)

  /**
   * Takes the next bytes of the connection. Returns the number of answers that they complete.
   *
   * @throws Error if an answer has another status than 200, 201 and 204, or no content-length.
   */
  add(chunk: Buffer): number {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let complete = 0
    for (let end = endOfAnswer(bytes); end !== undefined; end = endOfAnswer(bytes)) {
      bytes = bytes.subarray(end)
      complete += 1
    }
    this.#rest = bytes
    return complete
  }
}

/** The length of the first answer; undefined if it is incomplete. */
function endOfAnswer(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const head = bytes.toString('latin1', 0, headEnd)
  const status = head.slice(STATUS_START, STATUS_START + 3)
  if (status === WITHOUT_BODY) return headEnd + HEAD_END.length
  const length = /^content-length: (\d+)/im.exec(head)?.[1]
  if (!WITH_BODY.has(status) || length === undefined) {
    throw new Error(`The answer is ${head}`)
  }
  const end = headEnd + HEAD_END.length + Number(length)
  return end <= bytes.length ? end : undefined
}
