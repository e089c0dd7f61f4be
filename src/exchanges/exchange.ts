/** One request through the recording proxy and its answer, as they passed. Times are epoch milliseconds. */
export interface Exchange {
  /** When the request was whole. */
  readonly receivedAtMs: number
  /** When its answer was whole, or broke off. */
  readonly answeredAtMs: number
  readonly method: string
  /** The target of the request line, with its query. */
  readonly target: string
  /** The Content-Type of the request. */
  readonly requestType: string | undefined
  readonly request: Buffer
  readonly status: number
  /** The Content-Type of the answer. */
  readonly answerType: string | undefined
  readonly answer: Buffer
  /** Whether the whole answer passed: a broken answer is not recorded. */
  readonly whole: boolean
}
