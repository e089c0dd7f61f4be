import type { Store } from '../page-state/store.ts'

/**
 * Copies a text to the clipboard and says so. Pages without TLS under another name than localhost
 * have no clipboard API; a hidden field does it there.
 */
export async function copyText({ notice }: Store, text: string): Promise<void> {
  const isCopied = await copy(text)
  notice.value = isCopied
    ? { kind: 'done', text: 'Copied', copied: text }
    : { kind: 'failed', text: 'The browser does not let the page copy: copy it here', copied: text }
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyByField(text)
  }
}

function copyByField(text: string): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'offscreen'
  const focused = document.activeElement
  ;(document.querySelector('dialog[open]') ?? document.body).append(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return isCopied
}
