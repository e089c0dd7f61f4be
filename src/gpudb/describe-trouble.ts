import type { Redaction } from '../rules/redaction.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import { explainUnmatched } from './unmatched.ts'

/**
 * What was wrong with a recorded request, without secrets: its body was no request of the endpoint,
 * or no rule matched it although the scope is strict or has rules for the endpoint. Undefined if
 * nothing was, and for a request that was rejected before its body was read, such as without
 * credentials.
 */
export function describeTrouble(entry: JournalEntry, redaction: Redaction): string | undefined {
  const { unmatched, decoded, error, nearest } = entry
  if (!decoded) return UNREADABLE.has(entry.status) ? redaction.text(error) : undefined
  if (!unmatched) return undefined
  if (error !== '') return redaction.text(error)
  return nearest && explainUnmatched(entry)
}

/** The HTTP statuses of bodies that could not be read. */
const UNREADABLE: ReadonlySet<number> = new Set([400, 413])
