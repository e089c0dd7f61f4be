import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

interface ModalProps {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A modal dialog of the browser: it keeps the focus, and Escape closes it. */
export function Modal({ title, isOpen, onClose, children }: ModalProps) {
  const ref = useRef<HTMLDialogElement>(null)
  // An effect after the next frame would leave keys to the page behind the dialog.
  useLayoutEffect(() => {
    if (isOpen) ref.current?.showModal()
    else ref.current?.close()
  }, [isOpen])
  // This event comes a frame after the dialog has closed, when it may be open again; that of Escape before.
  const handleClose = () => {
    if (!ref.current?.open) onClose()
  }
  return (
    <dialog ref={ref} aria-label={title} onCancel={onClose} onClose={handleClose}>
      <h2>{title}</h2>
      {isOpen && children}
    </dialog>
  )
}
