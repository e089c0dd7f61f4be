import { quoteText } from '../documents/quote-text.ts'

/** Where the control API of a scope is. */
export interface ControlAddress {
  /** The URL of the mock without a slash at its end, with the prefix of a proxy if there is one. */
  readonly url: string
  /** The scope that the URL names; undefined if it names none. */
  readonly scope?: string
}

/** An invalid URL of a mock. */
export class AddressError extends Error {
  readonly code = 'BAD_ADDRESS'

  constructor(text: string, reason: string) {
    super(`Cannot use the URL ${quoteText(text)}: ${reason}`)
    this.name = 'AddressError'
  }
}

/** The end of a path that names a scope, and perhaps one of its clusters. */
const SCOPE = /\/~([^/~]+)(?:~[^/]*)?$/

/**
 * Reads a URL of a mock, as its clients use it or as a browser shows it: `localhost:9191`,
 * `http://localhost:9191/~suite-a`, `https://mock.example/~suite-a/__mock/`.
 *
 * @throws AddressError if it is no URL of HTTP or HTTPS, holds credentials, or names two scopes.
 */
export function readAddress(text: string): ControlAddress {
  const full = text.includes('://') ? text : `http://${text}`
  if (!URL.canParse(full)) throw new AddressError(text, 'it is no URL')
  const { protocol, origin, pathname, username, password } = new URL(full)
  if (!/^https?:$/.test(protocol)) throw new AddressError(text, 'expected http:// or https://')
  if (username !== '' || password !== '') {
    // The text is not quoted: there may be a secret in it.
    throw new AddressError(`${origin}${pathname}`, 'give a token with --token or --token-file')
  }
  const path = pathname.replace(/\/+$/, '').replace(/\/__mock$/, '')
  const [named, scope] = SCOPE.exec(path) ?? []
  if (named === undefined || scope === undefined) return { url: `${origin}${path}` }
  const rest = path.slice(0, -named.length)
  const [, other] = SCOPE.exec(rest) ?? []
  if (other === undefined) return { url: `${origin}${rest}`, scope }
  throw new AddressError(text, `it names two scopes, ${quoteText(other)} and ${quoteText(scope)}`)
}
