/** How secrets are named. */
export interface SecretNaming {
  /** Finds text that every secret name holds; with the flags `g` and `i`. */
  readonly hints: RegExp
  isSecret(name: string): boolean
}

/** Words that make a name secret, wherever they are in it. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'credentials',
  'jwt',
  'passcode',
  'passphrase',
  'pwd',
  'secret',
  'secrets',
])

/** Parts that make a name secret, without regard to how its words are separated. */
const SECRET_PARTS = [
  'accesskey',
  'accountkey',
  'apikey',
  'connectionstring',
  'customerkey',
  'encryptionkey',
  'masterkey',
  'passwd',
  'password',
  'privatekey',
  'secretkey',
  'sharedkey',
  'signingkey',
  'subscriptionkey',
]

/** Names that are secret as a whole: as a part of others, they are common. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  // The user or the id of a key in `/create/credential`.
  'identity',
  'pass',
  'sig',
  'xamzcredential',
  'xamzsignature',
  'xauth',
])

/** Last words of names that describe a secret without holding one, such as `password_length`. */
const DESCRIBING: ReadonlySet<string> = new Set([
  'algorithm',
  'column',
  'count',
  'enabled',
  'expiration',
  'expires',
  'file',
  'format',
  'length',
  'limit',
  'name',
  'names',
  'path',
  'policy',
  'required',
  'size',
  'ttl',
  'type',
  'uri',
  'url',
])

/** Text that every secret name holds, and `IDENTIFIED BY` of SQL: a search for candidates. */
export const NAME_HINTS = [
  'authorization',
  'connection',
  'cookie',
  'credential',
  'identified',
  'identity',
  'jwt',
  'key',
  'pass',
  'pwd',
  'secret',
  'sig',
  'token',
  'x-auth',
]

/**
 * Whether a field, an option or a header holds a secret, by its name in any spelling: `password`,
 * `s3_aws_secret_access_key`, `sasToken`, `x-api-key`. `credential` is the name of an object of
 * GPUdb, and `token_count` is a number: neither is a secret.
 */
export function isSecretName(name: string): boolean {
  const words = toWords(name)
  const last = words.at(-1) ?? ''
  if (DESCRIBING.has(last)) return false
  const joined = words.join('')
  if (last === 'token' || joined.endsWith('secret') || SECRET_NAMES.has(joined)) return true
  const hasWord = words.some((word) => SECRET_WORDS.has(word))
  return hasWord || SECRET_PARTS.some((part) => joined.includes(part))
}

function toWords(name: string): string[] {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return spaced.split(/[^a-z0-9]+/).filter((word) => word !== '')
}
