import type { RouteOptions } from 'fastify'

/** The routes of the control API, to distinguish a wrong method from a wrong path. */
export class RouteList {
  readonly #routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = []

  /** Adds a route, except one for all other paths, which ends in `*`. */
  add({ url, method }: Pick<RouteOptions, 'url' | 'method'>): void {
    if (url.endsWith('*')) return
    const pattern = url.replace(/[.~]/g, '\\$&').replace(/:\w+/g, '[^/]+')
    this.#routes.push({ path: new RegExp(`^${pattern}$`), methods: [method].flat() })
  }

  /** The methods of a path; empty if there is no such path. */
  methodsOf(path: string): string[] {
    const methods = this.#routes
      .filter((route) => route.path.test(path))
      .flatMap((route) => route.methods)
    return [...new Set(methods)].sort()
  }
}
