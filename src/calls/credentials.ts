/** The content of an Authorization header; `none` if it is missing or has another scheme. */
export type Credentials =
  | { readonly scheme: 'basic'; readonly user: string; readonly password: string }
  | { readonly scheme: 'bearer'; readonly token: string }
  | { readonly scheme: 'none' }

/** The user name in a Basic Authorization header; empty for any other header, or none. */
export function readUser(header: string | undefined): string {
  if (header === undefined) return ''
  const credentials = readCredentials(header)
  return credentials.scheme === 'basic' ? credentials.user : ''
}

/** Reads an Authorization header. Basic is `user:password` in base64, as UTF-8 (RFC 7617). */
export function readCredentials(header: string | undefined): Credentials {
  const [, scheme, value] = /^(basic|bearer) +(\S+) *$/i.exec(header ?? '') ?? []
  if (scheme === undefined || value === undefined) return { scheme: 'none' }
  if (scheme.toLowerCase() === 'bearer') return { scheme: 'bearer', token: value }
  const [user = '', ...password] = Buffer.from(value, 'base64').toString('utf8').split(':')
  return { scheme: 'basic', user, password: password.join(':') }
}
