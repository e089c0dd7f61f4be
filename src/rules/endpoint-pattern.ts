/**
 * Whether an endpoint matches a rule's pattern, in which `*` matches any characters. Searches the
 * parts between the stars from left to right, without backtracking.
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
