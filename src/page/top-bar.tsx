import { Icon } from '../page-parts/icon.tsx'
import { saveText } from '../page-parts/save-text.ts'
import { useStore } from '../page-parts/store-context.ts'
import { act } from '../page-state/act.ts'
import { CALLS } from '../page-state/call.ts'
import { openHelp } from './help-dialog.tsx'
import { ResetButton } from './reset-button.tsx'

/** The name of the mock, whether the page is live, and what concerns the whole scope. */
export function TopBar() {
  const store = useStore()
  return (
    <header class="top">
      <h1 class="brand">
        mock-gpudb <span class="version">{store.version}</span>
      </h1>
      <ConnectionState />
      {store.isReadOnly && <span class="chip">read-only</span>}
      <div class="top-actions">
        <ExportButton />
        <ResetButton />
        <button type="button" class="button quiet" onClick={openHelp} aria-keyshortcuts="?">
          Help <kbd>?</kbd>
        </button>
      </div>
    </header>
  )
}

const CONNECTION_TEXTS = {
  connecting: 'connecting',
  live: 'live',
  disconnected: 'disconnected, reconnecting',
}

function ConnectionState() {
  const { connection } = useStore()
  return (
    <span class={`connection ${connection}`} role="status">
      <span class="dot" aria-hidden="true" />
      {CONNECTION_TEXTS[connection.value]}
    </span>
  )
}

/** Reading changes nothing: a read-only page has this button too. */
function ExportButton() {
  const store = useStore()
  const call = CALLS.exportFixtures()
  const save = async () => {
    const name = `${store.place.scope}.json`
    const text = await act(store, call, `Exported the scope as ${name}`)
    if (text !== undefined) saveText(text, name)
  }
  return (
    <button
      type="button"
      class="button quiet"
      title={store.curlOf(call)}
      onClick={() => void save()}
    >
      <Icon name="export" /> Export fixture
    </button>
  )
}
