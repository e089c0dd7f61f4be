import { countText } from '../documents/count-text.ts'
import type { DriftFinding } from './drift.ts'
import type { FinishedRecording } from './recording.ts'
import { type RecordingTarget, type WrittenRecording, writeRecording } from './write-recording.ts'

/** The end of a recording, for people and for programs. */
export interface RecordingEnd {
  readonly isWritten: boolean
  readonly hasDrift: boolean
  /** What it is about, a line each. */
  readonly lines: readonly string[]
  /** The fixture, if it could be written nowhere. */
  readonly text: string | undefined
  /** The document that answers a request for the end. */
  readonly document: object
}

/** Writes what was recorded, and says what and where. `text` is the fixture with what it is merged with. */
export function finishRecording(
  { text, counts, drift }: Pick<FinishedRecording, 'text' | 'counts' | 'drift'>,
  { target, requests }: { readonly target: RecordingTarget; readonly requests: string },
): RecordingEnd {
  const written = writeRecording(text, target)
  const content = `${countText(counts.rules, 'rule')} and ${countText(counts.jobs, 'job')}`
  const isWritten = written.reason === undefined
  const lost = [
    { number: counts.notKept, why: 'no room was left, raise max-bytes' },
    { number: counts.tooLong, why: 'their answers are too long for a fixture' },
  ].filter(({ number }) => number > 0)
  return {
    isWritten,
    hasDrift: drift.length > 0,
    lines: [
      `recorded ${content} of ${requests}`,
      ...lost.map(({ number, why }) => `did not record ${countText(number, 'call')}: ${why}`),
      ...drift.map(describeDrift),
      describePlace(written, target),
    ],
    text: written.path === undefined ? text : undefined,
    document: {
      written: isWritten,
      ...(written.path === undefined ? {} : { file: written.path }),
      ...(written.reason === undefined ? {} : { reason: written.reason }),
      rules: counts.rules,
      jobs: counts.jobs,
      not_kept: counts.notKept + counts.tooLong,
      drift: drift.map(({ endpoint, path, what, count }) => ({ endpoint, path, what, count })),
    },
  }
}

function describeDrift({ endpoint, path, what, count, firstExchange }: DriftFinding): string {
  const place = path === '' ? endpoint : `${endpoint} ${path}`
  return `drift: ${place}: ${what} (${countText(count, 'time')}, first in request ${firstExchange})`
}

function describePlace({ path, reason }: WrittenRecording, target: RecordingTarget): string {
  if (reason === undefined) return `wrote ${path}`
  const place = path === undefined ? 'the fixture follows on stdout' : `the fixture is in ${path}`
  return `Cannot write ${target.path}: ${reason}; ${place}`
}
