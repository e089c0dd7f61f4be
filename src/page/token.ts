const KEY = 'mock-gpudb token'

/** The token that was entered in this tab of the browser; undefined if none was, or it keeps none. */
export function findToken(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined
  } catch {
    return undefined
  }
}

/** Keeps the token until the tab is closed. */
export function keepToken(token: string): void {
  try {
    sessionStorage.setItem(KEY, token)
  } catch {
    // A browser that stores nothing asks again after each load.
  }
}
