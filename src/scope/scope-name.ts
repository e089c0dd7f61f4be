/** The name of the scope at the root path. */
export const DEFAULT_SCOPE = 'default'

/** The form of a scope's name, for error messages. */
export const SCOPE_NAME_FORM =
  "1 to 64 letters, digits, '_', '-' and '.', starting with a letter or digit"

/** Whether a text is a valid scope name. */
export function isScopeName(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,63}$/.test(text)
}
