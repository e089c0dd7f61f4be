import { CONTROL_PREFIX, type RequestPath, readRequestPath } from './request-path.ts'

/** How many URLs are known; then all are forgotten. */
const MAX_KNOWN = 2000

/** The maximum length of a known URL in characters. */
const MAX_LENGTH = 200

/** What URLs are read with. */
export interface CallPathsOptions {
  readonly catalogue: { has(endpoint: string): boolean }
  /** Base paths besides the vendor's `/gpudb-<n>`, without a trailing slash. */
  readonly basePaths: readonly string[]
}

/** The paths of calls. A URL of an endpoint is read once: to read one costs as much as a poll's answer. */
export class CallPaths {
  readonly #options: CallPathsOptions
  readonly #known = new Map<string, RequestPath>()

  constructor(options: CallPathsOptions) {
    this.#options = options
  }

  /** The path in a URL. One of the control API comes here only if that has a port of its own. */
  of(url: string): RequestPath {
    const known = this.#known.get(url)
    if (known) return known
    const read = readRequestPath(url, this.#options.basePaths)
    if (read.isControl) return { ...read, path: CONTROL_PREFIX + read.path }
    if (this.#options.catalogue.has(read.path) && url.length <= MAX_LENGTH) {
      if (this.#known.size >= MAX_KNOWN) this.#known.clear()
      this.#known.set(url, read)
    }
    return read
  }
}
