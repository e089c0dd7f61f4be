import { act } from '../page-state/act.ts'
import { CALLS } from '../page-state/call.ts'
import { readHash } from '../page-state/page-place.ts'
import type { Store } from '../page-state/store.ts'
import { openHelp } from './help-dialog.tsx'

/** Handles the keys of the page, except while a text is typed or a dialog is open. */
export function listenToKeys(store: Store): void {
  document.addEventListener('keydown', (event) => {
    const isTaken = event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented
    if (isTaken || document.querySelector('dialog[open]') !== null) return
    if (event.key !== 'Escape' && isTyping(event.target)) return
    const action = ACTIONS[event.key]
    if (action === undefined) return
    event.preventDefault()
    action(store)
  })
}

const ACTIONS: Readonly<Record<string, (store: Store) => void>> = {
  j: (store) => moveRow(store, 1),
  k: (store) => moveRow(store, -1),
  '/': focusFilter,
  n: (store) => {
    if (!store.isReadOnly) void act(store, CALLS.next(), 'Moved the clock to the next change')
  },
  f: (store) => {
    if (!store.isReadOnly) void switchFreeze(store)
  },
  '?': openHelp,
  Escape: leave,
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, select, textarea')
}

/** Moves the selection in the list that has it; by default in the jobs. */
function moveRow({ selection }: Store, step: 1 | -1): void {
  const focused = document.activeElement?.closest('a[data-row]')?.getAttribute('data-row')
  const list = selection.value?.list ?? focused ?? 'jobs'
  const inList = [...document.querySelectorAll<HTMLAnchorElement>(`a[data-row="${list}"]`)]
  const rows =
    inList.length > 0 ? inList : [...document.querySelectorAll<HTMLAnchorElement>('a[data-row]')]
  const present = rows.findIndex((row) => row.ariaCurrent === 'true')
  const row =
    rows[
      present === -1 && step === -1
        ? rows.length - 1
        : Math.min(Math.max(present + step, 0), rows.length - 1)
    ]
  if (row === undefined) return
  selection.value = readHash(row.hash)
  row.focus()
  row.scrollIntoView({ block: 'nearest' })
}

function focusFilter(store: Store): void {
  if (store.tab.value !== 'requests') store.selection.value = { list: 'requests', key: undefined }
  // The tab is drawn in a microtask. A later focus would leave the next key to the actions.
  queueMicrotask(() => document.getElementById('filter')?.focus())
}

async function switchFreeze(store: Store): Promise<void> {
  const isFrozen = store.clock.value?.clock.mode === 'frozen'
  await act(
    store,
    CALLS.setMode(isFrozen ? 'real' : 'frozen'),
    isFrozen ? 'The clock runs in real time' : 'The clock is frozen',
  )
}

/** Leaves a field, or closes the details. */
function leave({ selection, notice }: Store): void {
  const { activeElement } = document
  if (activeElement instanceof HTMLElement && isTyping(activeElement)) {
    activeElement.blur()
    return
  }
  notice.value = undefined
  const selected = selection.value
  if (selected?.key !== undefined) selection.value = { list: selected.list, key: undefined }
}
