/** What an Authorization header says; `none` where it is absent or of another scheme. */
export type Credentials =
  | { readonly scheme: 'basic'; readonly user: string; readonly password: string }
  | { readonly scheme: 'bearer'; readonly token: string }
  | { readonly scheme: 'none' }

/** Reads an Authorization header; Basic is `user:password` in base64, as UTF-8 (RFC 7617). */
export function readCredentials(header: string | undefined): Credentials {
  const [, scheme, value] = /^(basic|bearer) +(\S+) *$/i.exec(header ?? '') ?? []
  if (scheme === undefined || value === undefined) return { scheme: 'none' }
  if (scheme.toLowerCase() === 'bearer') return { scheme: 'bearer', token: value }
  const [user = '', ...password] = Buffer.from(value, 'base64').toString('utf8').split(':')
  return { scheme: 'basic', user, password: password.join(':') }
}

/** The user of a Basic header; empty where there is none. */
export function readUser(header: string | undefined): string {
  if (header === undefined) return ''
  const credentials = readCredentials(header)
  return credentials.scheme === 'basic' ? credentials.user : ''
}
