import { useSignal } from '@preact/signals'
import { Icon } from '../page-parts/icon.tsx'
import { Modal } from '../page-parts/modal.tsx'
import { useStore } from '../page-parts/store-context.ts'
import { act } from '../page-state/act.ts'
import { CALLS } from '../page-state/call.ts'

/** Starts the scope again, after a question. */
export function ResetButton() {
  const store = useStore()
  const isOpen = useSignal(false)
  if (store.isReadOnly) return null
  const { scope } = store.place
  const call = CALLS.reset()
  const close = () => {
    isOpen.value = false
  }
  const reset = () => {
    close()
    void act(store, call, `Reset the scope ${scope}`)
  }
  return (
    <>
      <button
        type="button"
        class="button quiet"
        title={store.curlOf(call)}
        onClick={() => {
          isOpen.value = true
        }}
      >
        <Icon name="reset" /> Reset…
      </button>
      <Modal title={`Reset the scope ${scope}?`} isOpen={isOpen.value} onClose={close}>
        <p>
          Its jobs, rules, faults, clusters and tables become those of the fixtures again, and its
          requests are removed. The time goes on.
        </p>
        <pre class="command">
          <code>{store.curlOf(call)}</code>
        </pre>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={close}>
            Keep it
          </button>
          <button type="button" class="button danger" onClick={reset}>
            Reset
          </button>
        </div>
      </Modal>
    </>
  )
}
