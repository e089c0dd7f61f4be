import type { ScopeContext } from '../control-parts/control-context.ts'
import { recordBytes } from '../jobs/content-bytes.ts'
import type { JournalEntry } from '../scope/journal-entry.ts'
import { type RequestDocument, readRequest, toRequestDocument } from './recorded-request.ts'

/** How many bytes of decoded requests one answer shows, as an estimate of their memory. */
export const MAX_SHOWN_BYTES = 16 * 1024 * 1024

/**
 * Describes requests. Once those before it took the maximum together, a request is shown without its
 * content: `request`, `job` and `body_base64` are null.
 */
export function describeRequests(
  entries: Iterable<JournalEntry>,
  context: ScopeContext,
): RequestDocument[] {
  const { redaction } = context.scope()
  let shownBytes = 0
  return Array.from(entries, (entry) => {
    if (shownBytes >= MAX_SHOWN_BYTES) {
      const bare = { entry, asked: [], hasSecretField: false }
      return { ...toRequestDocument(bare, redaction), body_base64: null }
    }
    const recorded = readRequest(entry, context)
    shownBytes += entry.body.length
    for (const { request } of recorded.asked) shownBytes += recordBytes(request)
    return toRequestDocument(recorded, redaction)
  })
}
