import { countText } from '../documents/count-text.ts'
import type { DriftFinding } from '../exchanges/drift.ts'
import { FixtureError } from '../fixtures/load-fixtures.ts'
import type { FinishedRecording } from '../recording/recording.ts'
import { type MergeParts, mergedText } from './merged-text.ts'
import {
  type RecordingTarget,
  type WrittenRecording,
  writeElsewhere,
  writeRecording,
} from './write-recording.ts'

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

/** Where a recording goes, and how many requests it is of, in words. */
export interface FinishOptions {
  readonly target: RecordingTarget
  /** Undefined: the file must not exist. */
  readonly merge: MergeParts | undefined
  readonly requests: string
}

/** Writes what was recorded, and says what and where. */
export function finishRecording(
  finished: FinishedRecording,
  { target, merge, requests }: FinishOptions,
): RecordingEnd {
  const { text, counts, drift } = finished
  const written = write(finished, { target, merge })
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

function write(
  finished: FinishedRecording,
  { target, merge }: Pick<FinishOptions, 'target' | 'merge'>,
): WrittenRecording {
  if (merge === undefined) return writeRecording(finished.text, target)
  try {
    return writeRecording(mergedText(finished, merge), target)
  } catch (error) {
    /* c8 ignore next -- a bug of this code */
    if (!(error instanceof FixtureError)) throw error
    const reason = 'the file is no valid fixture any more'
    return writeElsewhere(finished.text, { target, reason })
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
