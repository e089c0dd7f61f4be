import { fieldOf } from '../documents/field-of.ts'
import type { Recorder } from './passage.ts'
import { originForm } from './upstream.ts'

/** A recording, as far as it is filled. */
export interface Fillable extends Recorder {
  /** Whether something was not kept because there was no more room. */
  readonly isFull: boolean
}

/**
 * A recorder that goes on whatever comes: an error about one exchange must not end the proxy, and lose all
 * others. Reports it, and once that there is no more room.
 */
export function guardRecorder(recording: Fillable, warn: (message: string) => void): Recorder {
  let isReported = false
  return {
    add: (exchange) => {
      try {
        recording.add(exchange)
      } catch (error) {
        const [path] = originForm(exchange.target).split('?', 1)
        warn(`did not record ${exchange.method} ${path}: ${fieldOf(error, 'message')}`)
      }
      if (isReported || !recording.isFull) return
      isReported = true
      warn('there is no more room for new rules, raise max-bytes: calls pass, but are not recorded')
    },
  }
}
