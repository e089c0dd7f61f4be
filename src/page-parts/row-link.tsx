import type { ComponentChildren } from 'preact'
import { type Selection, writeHash } from '../page-state/page-place.ts'
import { useStore } from './store-context.ts'

interface RowLinkProps {
  readonly list: Selection['list']
  readonly itemKey: string
  /** What the item is, for screen readers: `job 42`. */
  readonly label?: string
  readonly children: ComponentChildren
}

/** The link of a row, which covers all of it and selects its item. */
export function RowLink({ list, itemKey, label, children }: RowLinkProps) {
  const { selection } = useStore()
  const isSelected = selection.value?.list === list && selection.value.key === itemKey
  return (
    <a
      class="row-link"
      data-row={list}
      href={writeHash({ list, key: itemKey })}
      aria-label={label}
      aria-current={isSelected ? 'true' : undefined}
    >
      {children}
    </a>
  )
}
