/** How many times as large as a request its answer may be, besides ANSWER_SLACK bytes. */
const MAX_GROWTH = 20

const ANSWER_SLACK = 4096

/**
 * The maximum size in bytes of an answer that only repeats a request of so many bytes. Snappy alone
 * could make it larger: its blocks shrink to a twenty-first.
 */
export function maxAnswerBytes(sentBytes: number): number {
  return MAX_GROWTH * sentBytes + ANSWER_SLACK
}
