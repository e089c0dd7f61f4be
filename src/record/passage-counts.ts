import { countText } from '../documents/count-text.ts'
import type { PassageEnd } from './passage.ts'

/** What has passed the proxy, in numbers of requests. */
export class PassageCounts {
  /** Answered in whole. */
  whole = 0
  /** Answered in part. */
  broken = 0
  /** Not answered. */
  unanswered = 0
  /** Answered, but not kept: the bytes in flight were too many. */
  notKept = 0

  add(end: PassageEnd, isKept: boolean): void {
    this[end] += 1
    if (end !== 'unanswered' && !isKept) this.notKept += 1
  }

  /** In words: `12 requests, 1 of them not answered`. */
  describe(): string {
    const { whole, broken, unanswered, notKept } = this
    const parts = [
      { number: broken, text: 'answered in part' },
      { number: unanswered, text: 'not answered' },
      { number: notKept, text: 'too large to be kept' },
    ].flatMap(({ number, text }) => (number === 0 ? [] : [`${number} ${text}`]))
    const all = countText(whole + broken + unanswered, 'request')
    return parts.length === 0 ? all : `${all} (${parts.join(', ')})`
  }
}
