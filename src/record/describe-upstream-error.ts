import { fieldOf } from '../documents/field-of.ts'

/** The errors of TLS about a certificate that is not trusted (OpenSSL's names, and Node's own). */
const UNTRUSTED: ReadonlySet<unknown> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** What a plain server answers to TLS. */
const NO_TLS: ReadonlySet<unknown> = new Set([
  'EPROTO',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_WRONG_VERSION_NUMBER',
])

/** Why the upstream has not answered, in words, and what to do if that is known. */
export function describeUpstreamError(error: unknown): string {
  const code = fieldOf(error, 'code')
  if (UNTRUSTED.has(code)) {
    const choice = 'name its CA with --upstream-ca, or accept any with --insecure-upstream'
    return `its certificate is not trusted (${code}): ${choice}`
  }
  if (NO_TLS.has(code)) return `it does not speak TLS (${code}): is it http instead of https?`
  if (isHangUp(error)) return 'it closed the connection'
  // The error about both addresses of localhost has no message.
  return String(fieldOf(error, 'message') || code)
}

/** Whether the upstream has closed the connection in order, before its answer was whole. */
export function isHangUp(error: unknown): boolean {
  const message = fieldOf(error, 'message')
  return message === 'socket hang up' || message === 'aborted'
}
