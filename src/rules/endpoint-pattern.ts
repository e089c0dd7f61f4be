/**
 * Tells whether an endpoint is the one that a rule names, in which `*` stands for any text. Takes
 * time in the length of both: the texts between the stars are found from left to right.
 */
export function matchesEndpoint(pattern: string, endpoint: string): boolean {
  const [head = '', ...rest] = pattern.split('*')
  const tail = rest.pop()
  if (tail === undefined) return pattern === endpoint
  if (!endpoint.startsWith(head)) return false
  let at = head.length
  for (const part of rest) {
    const found = endpoint.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return endpoint.endsWith(tail) && endpoint.length - tail.length >= at
}
