import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Store } from '../page-state/store.ts'

/** Hands the store to all components. */
export const StoreContext = createContext<Store | undefined>(undefined)

/** The store of the page. Throws Error outside of it. */
export function useStore(): Store {
  const store = useContext(StoreContext)
  if (store === undefined) throw new Error('Cannot use the store: no component provides it')
  return store
}
