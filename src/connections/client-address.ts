/** How an IPv6 socket shows an IPv4 address (RFC 4291, 2.5.5.2). */
const MAPPED = /^::ffff:(?=\d+\.)/i

/** An IP address as users write it: `127.0.0.1`, not `::ffff:127.0.0.1`. Empty if the client has left: its socket has none. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(MAPPED, '')
}

/** An address and a port as a URL has them: an IPv6 address is in brackets. */
export function hostOf(address: string, port: number | string): string {
  const plain = plainAddress(address)
  return `${plain.includes(':') ? `[${plain}]` : plain}:${port}`
}

/** A host name, an IPv4 address or an IPv6 address in brackets, and perhaps a port. */
const HOST = /^(?:\w[\w.-]*|\[[\da-f:.]+\])(?::\d*)?$/i

/** Whether a text is a host that a URL can have, with or without a port. */
export function isHost(text: string): boolean {
  return HOST.test(text) && URL.canParse(`http://${text}`)
}
