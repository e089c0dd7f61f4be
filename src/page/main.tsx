import { effect } from '@preact/signals'
import { render } from 'preact'
import { StoreContext } from '../page-parts/store-context.ts'
import { Api } from '../page-state/api.ts'
import { readPlace } from '../page-state/page-place.ts'
import { Store } from '../page-state/store.ts'
import { App } from './app.tsx'
import { connect } from './connect.ts'
import { followClock } from './follow-clock.ts'
import { followHash } from './hash.ts'
import { listenToKeys } from './shortcuts.ts'
import { findToken } from './token.ts'

const { page, token, clientPort } = document.documentElement.dataset
const store = new Store({
  api: new Api((url, init) => fetch(url, init), findToken()),
  place: readPlace(location, clientPort),
  isReadOnly: page === 'read-only',
  pace: {
    now: () => performance.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  },
})

effect(() => {
  const unmatched = store.ownScope.value?.unmatched ?? 0
  document.title = `${unmatched > 0 ? `(${unmatched}) ` : ''}${store.place.scope} – mock-gpudb`
})
followHash(store)
listenToKeys(store)
followVisibility()
followClock(store)
const app = document.getElementById('app')
if (app !== null) {
  render(
    <StoreContext.Provider value={store}>
      <App />
    </StoreContext.Provider>,
    app,
  )
}
if (token === 'required' && store.api.token === undefined) store.askToken()
void connect(store)

/** A tab in the background fetches little. */
function followVisibility(): void {
  const read = () => {
    store.isVisible.value = document.visibilityState === 'visible'
  }
  document.addEventListener('visibilitychange', read)
  read()
}
