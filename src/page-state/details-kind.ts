import type { WholeJob } from './documents.ts'
import type { JsonValue } from './json-text.ts'
import type { Selection } from './page-place.ts'
import type { ShownRequest } from './request-texts.ts'

/** Whether the details of a selection are a job. */
export function isJob({ list }: Selection, document: unknown): document is ShownJob {
  return list === 'jobs' && typeof document === 'object'
}

/** Whether the details of a selection are a request. */
export function isRequest({ list }: Selection, document: unknown): document is ShownRequest {
  return list === 'requests' && typeof document === 'object'
}

/** A job as the control API shows it: fields and results are JSON. */
export type ShownJob = Omit<WholeJob, 'request'> &
  Readonly<Record<ShownPart, JsonValue | undefined>>

/** The parts of a job that are shown as trees. */
export const SHOWN_PARTS = [
  'request',
  'response',
  'rows',
  'response_text',
  'response_base64',
] as const
type ShownPart = (typeof SHOWN_PARTS)[number]
