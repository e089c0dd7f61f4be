import { copyText } from './copy-text.ts'
import { Icon } from './icon.tsx'
import { useStore } from './store-context.ts'

/** Text to copy: a command or a snippet. */
export function CommandBlock({ text, name }: { readonly text: string; readonly name: string }) {
  const store = useStore()
  return (
    <div class="command-block">
      <pre class="command">
        <code>{text}</code>
      </pre>
      <button
        type="button"
        class="button small"
        aria-label={`Copy ${name}`}
        onClick={() => void copyText(store, text)}
      >
        <Icon name="copy" /> Copy
      </button>
    </div>
  )
}
