import { Icon } from '../page-parts/icon.tsx'
import { useStore } from '../page-parts/store-context.ts'
import type { ScopeRow } from '../page-state/documents.ts'
import { groupedCount, groupedCountText } from '../page-state/grouped-count.ts'
import { pageOf } from '../page-state/page-place.ts'

/** Links to the pages of all scopes, if there are several. */
export function ScopeList() {
  const { lists, place } = useStore()
  const scopes = lists.scopes.document.value?.scopes ?? []
  return (
    <nav class="scopes" aria-label="Scopes">
      <h2 class="section-title">Scopes</h2>
      <ul>
        {scopes.map((scope) => (
          <li key={scope.name}>
            <a
              class="scope"
              href={pageOf(place, scope.name)}
              aria-current={scope.name === place.scope ? 'page' : undefined}
            >
              <span class="scope-name">{scope.name}</span>
              <ScopeCounts scope={scope} />
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function ScopeCounts({ scope: { jobs, requests, unmatched = 0 } }: { readonly scope: ScopeRow }) {
  return (
    <span class="scope-counts">
      {groupedCountText(jobs, 'job')} · {groupedCountText(requests, 'request')}
      {unmatched > 0 && (
        <span class="unmatched-mark">
          <Icon name="warning" /> {groupedCount(unmatched)} unmatched
        </span>
      )}
    </span>
  )
}
