import type { Redaction } from '../patterns/redaction.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import { isUnreadJob, type RecordedContext } from './read-recorded.ts'
import { explainUnmatched } from './unmatched.ts'

/** What `describeTrouble` needs besides the journal entry. */
interface TroubleContext extends RecordedContext {
  readonly redaction: Redaction
}

/**
 * What was wrong with a recorded request, without secrets: its endpoint is unknown, its body was no
 * request of the endpoint, the job that it asked for could not be read, or no rule matched it although
 * the scope is strict or has rules for the endpoint. Undefined if nothing was, and for other requests
 * that were rejected before their bodies were read, such as without credentials or by a cluster that
 * does not work.
 */
export function describeTrouble(
  entry: JournalEntry,
  { redaction, ...context }: TroubleContext,
): string | undefined {
  const { unmatched, decoded, interrupted, error, nearest } = entry
  if (interrupted) return undefined
  if (!decoded) return UNREADABLE.has(entry.status) ? redaction.text(error) : undefined
  if (error !== '' && isUnreadJob(entry, context)) return redaction.text(error)
  if (!unmatched) return undefined
  if (error !== '') return redaction.text(error)
  return nearest && explainUnmatched(entry)
}

/** The HTTP statuses of bodies that could not be read, and of unknown endpoints. */
const UNREADABLE: ReadonlySet<number> = new Set([400, 404, 413])
