import { PAGE_SIZE } from '../page-state/filters.ts'
import { groupedCount } from '../page-state/grouped-count.ts'

interface PagerProps {
  readonly offset: number
  readonly total: number
  /** What is listed, in the plural. */
  readonly noun: string
  readonly onMove: (offset: number) => void
}

/** Which part of a list is on screen, the newest first, and buttons to other parts. */
export function Pager({ offset, total, noun, onMove }: PagerProps) {
  if (total <= PAGE_SIZE && offset === 0) return null
  const last = Math.min(offset + PAGE_SIZE, total)
  return (
    <div class="pager">
      <button
        type="button"
        class="button"
        disabled={offset === 0}
        onClick={() => onMove(Math.max(offset - PAGE_SIZE, 0))}
      >
        Newer
      </button>
      <span>
        {groupedCount(Math.min(offset + 1, last))}–{groupedCount(last)} of {groupedCount(total)}{' '}
        {noun}
      </span>
      <button
        type="button"
        class="button"
        disabled={last >= total}
        onClick={() => onMove(offset + PAGE_SIZE)}
      >
        Older
      </button>
    </div>
  )
}
