import { effect } from '@preact/signals'
import { readHash, writeHash } from '../page-state/page-place.ts'
import type { Store } from '../page-state/store.ts'

/** Keeps the selection and the tab in the hash of the location, both ways. */
export function followHash(store: Store): void {
  const read = () => {
    store.selection.value = readHash(location.hash)
  }
  read()
  addEventListener('hashchange', read)
  effect(() => {
    const selected = store.selection.value
    // A selected job leaves the tab as it is.
    if (selected !== undefined && selected.list !== 'jobs') store.tab.value = selected.list
    const hash = selected === undefined ? '' : writeHash(selected)
    if (hash !== location.hash && hash !== '') history.replaceState(null, '', hash)
  })
}
