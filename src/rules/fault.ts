/** The kinds of faults, by their names in fixtures. */
export const FAULT_KINDS = ['reset', 'close'] as const

/**
 * How the connection is broken instead of sending the response: `reset` sends a TCP RST, `close`
 * a FIN before the first byte.
 */
export type Fault = { readonly kind: 'reset' } | { readonly kind: 'close' }
