/** The kinds of faults, as fixtures name them. */
export const FAULT_KINDS = ['reset', 'close'] as const

/** How the connection is broken instead of sending an answer: by RST, or by FIN before a byte. */
export type Fault = { readonly kind: 'reset' } | { readonly kind: 'close' }
