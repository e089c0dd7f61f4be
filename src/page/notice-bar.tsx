import { toPrintableLines } from '../documents/printable-text.ts'
import { copyText } from '../page-parts/copy-text.ts'
import { Icon } from '../page-parts/icon.tsx'
import { useStore } from '../page-parts/store-context.ts'

/** What came of the last action, read aloud by screen readers, and the command that does the same. */
export function NoticeBar() {
  const store = useStore()
  const notice = store.notice.value
  const command = notice?.curl
  return (
    <div class="notice-area">
      <div role="status" aria-live="polite" class="offscreen">
        {notice === undefined ? '' : toPrintableLines(notice.text)}
      </div>
      {notice === undefined && !store.isReadOnly && (
        <p class="notice-hint">The command of each button is shown here after its click.</p>
      )}
      {notice !== undefined && (
        <div class={`notice ${notice.kind}`}>
          <Icon name={notice.kind === 'done' ? 'done' : 'error'} />
          <p class="notice-text">{toPrintableLines(notice.text)}</p>
          {command !== undefined && (
            <button type="button" class="button" onClick={() => void copyText(store, command)}>
              <Icon name="copy" /> Copy curl
            </button>
          )}
          <button
            type="button"
            class="button quiet"
            aria-label="Dismiss"
            onClick={() => {
              store.notice.value = undefined
            }}
          >
            <Icon name="close" />
          </button>
          <CommandText text={command ?? notice.copied} />
        </div>
      )}
    </div>
  )
}

function CommandText({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return null
  return (
    <pre class="command">
      <code>{text}</code>
    </pre>
  )
}
