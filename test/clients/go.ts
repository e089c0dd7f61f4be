import type { AbsentClient } from './client.ts'

/** The official Go client. */
export const go: AbsentClient = {
  name: 'go',
  title: 'Go, the official `github.com/kineticadb/kinetica-api-go`',
  reason: 'The Go module proxy did not deliver it when the other runners were written.',
}
