import { signal } from '@preact/signals'
import { Modal } from '../page-parts/modal.tsx'
import { useStore } from '../page-parts/store-context.ts'

const isOpen = signal(false)

/** Opens the help. */
export function openHelp(): void {
  isOpen.value = true
}

const KEYS = [
  ['j, k', 'the next and the previous row of the list in use'],
  ['/', 'the filter of requests'],
  ['n', 'move the clock to the next change'],
  ['f', 'freeze the clock, or let it run'],
  ['Esc', 'close the details'],
  ['?', 'this help'],
]

/** The keys of the page, and where to read more. */
export function HelpDialog() {
  const { isReadOnly } = useStore()
  const keys = KEYS.filter(([key]) => !isReadOnly || (key !== 'n' && key !== 'f'))
  const close = () => {
    isOpen.value = false
  }
  return (
    <Modal title="Help" isOpen={isOpen.value} onClose={close}>
      <dl class="keys">
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p>
        Every button is one call of the control API. Its title shows the command, and so does the
        notice after it; Alt+click copies the command without calling. <code>docs/control.md</code>{' '}
        describes all calls, <a href="openapi.json">openapi.json</a> too.
      </p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={close}>
          Close
        </button>
      </div>
    </Modal>
  )
}
