import type { ComponentChildren } from 'preact'
import { act } from '../page-state/act.ts'
import type { Call } from '../page-state/call.ts'
import { copyText } from './copy-text.ts'
import { useStore } from './store-context.ts'

interface VerbProps {
  readonly call: Call
  /** The notice after it. */
  readonly done: string
  /** The name, if the content alone does not say which item it is for. */
  readonly label?: string
  readonly class?: string
  readonly isDisabled?: boolean
  readonly children: ComponentChildren
}

/** A button that makes one call. Its title is the command; a click with Alt only copies that. */
export function Verb({ call, done, label, isDisabled = false, children, ...rest }: VerbProps) {
  const store = useStore()
  if (store.isReadOnly) return null
  const curl = store.curlOf(call)
  return (
    <button
      type="button"
      class={rest.class ?? 'button'}
      aria-label={label}
      disabled={isDisabled}
      title={`${label ?? ''}\n${curl}\n(Alt+click copies the command)`.trim()}
      onClick={(event) => void (event.altKey ? copyText(store, curl) : act(store, call, done))}
    >
      {children}
    </button>
  )
}
