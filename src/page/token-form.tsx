import { useSignal } from '@preact/signals'
import { Modal } from '../page-parts/modal.tsx'
import { useStore } from '../page-parts/store-context.ts'
import { keepToken } from './token.ts'

/** Asks for the token of the mock. It is kept until the tab of the browser is closed. */
export function TokenForm() {
  const store = useStore()
  const entered = useSignal('')
  const prompt = store.tokenPrompt.value
  const submit = (event: Event) => {
    event.preventDefault()
    store.api.token = entered.value
    keepToken(entered.value)
    store.tokenPrompt.value = undefined
    store.connection.value = 'connecting'
  }
  return (
    <Modal
      title="Token"
      isOpen={prompt !== undefined}
      // Without a token the page shows nothing: it asks again when it next needs one.
      onClose={() => {
        store.tokenPrompt.value = undefined
      }}
    >
      <form onSubmit={submit} class="token-form">
        <p>{prompt}: the value of its option --token.</p>
        <label>
          Token
          <input
            type="password"
            autocomplete="off"
            required
            value={entered}
            onInput={({ currentTarget }) => {
              entered.value = currentTarget.value
            }}
          />
        </label>
        <div class="dialog-actions">
          <button type="submit" class="button primary">
            Use it
          </button>
        </div>
      </form>
    </Modal>
  )
}
