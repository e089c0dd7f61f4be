import type { Headers } from '../scope/journal-entry.ts'

/** A version, the ids of a trace and of a span, and flags; ids of zeros alone are invalid. */
const TRACE_PARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/

/**
 * The trace of a request for the log: its header `traceparent` as W3C Trace Context has it. Undefined
 * if it is missing or has another form.
 */
export function findTraceParent({ traceparent }: Headers): string | undefined {
  return typeof traceparent === 'string' && TRACE_PARENT.test(traceparent) ? traceparent : undefined
}
