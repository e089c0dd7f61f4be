/**
 * Makes a function that returns whether an endpoint matches a rule's pattern, in which `*` matches
 * any characters. Searches the parts between the stars from left to right, without backtracking.
 */
export function endpointMatcher(pattern: string): (endpoint: string) => boolean {
  const [head = '', ...rest] = pattern.split('*')
  const tail = rest.pop()
  if (tail === undefined) return (endpoint) => endpoint === pattern
  const parts = rest.filter((part) => part !== '')
  return (endpoint) => {
    if (!endpoint.startsWith(head)) return false
    let at = head.length
    for (const part of parts) {
      const found = endpoint.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return endpoint.endsWith(tail) && endpoint.length - tail.length >= at
  }
}

/** Whether an endpoint matches a rule's pattern, in which `*` matches any characters. */
export function matchesEndpoint(pattern: string, endpoint: string): boolean {
  return endpointMatcher(pattern)(endpoint)
}
