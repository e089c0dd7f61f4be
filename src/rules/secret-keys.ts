/** Shown instead of a secret. */
export const REDACTED = '(redacted)'

/** Fields and options that carry secrets, such as those of `/create/user/internal`. */
const SECRET_KEY = /^(.*_)?(password|passwd|secret|token)$/i

/** Whether the value of a key is a secret, to be replaced by REDACTED. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key)
}
