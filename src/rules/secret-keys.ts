/** What is shown in the place of a secret. */
export const REDACTED = '(redacted)'

/** Fields and options that carry secrets, such as those of `/create/user/internal`. */
const SECRET_KEY = /^(.*_)?(password|passwd|secret|token)$/i

/** Tells whether the value of a key is not to be shown. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key)
}
