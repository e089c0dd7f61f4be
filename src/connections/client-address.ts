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
