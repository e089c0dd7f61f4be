import type { LiveList } from '../page-state/live-list.ts'
import { toShort } from '../page-state/short-text.ts'
import { Icon } from './icon.tsx'
import { useStore } from './store-context.ts'

/** Why a list could not be fetched, unless the page says so elsewhere. */
export function ListError({ list }: { readonly list: Pick<LiveList<unknown>, 'error'> }) {
  const { connection, exists } = useStore()
  const error = list.error.value
  if (error === undefined || connection.value !== 'live' || !exists.value) return null
  return (
    <p class="list-error">
      <Icon name="warning" /> {toShort(error.message, 500)}
    </p>
  )
}
