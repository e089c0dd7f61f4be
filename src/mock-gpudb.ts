import type { ControlContext } from './control/control-context.ts'
import { ScopeControl } from './control/scope-control.ts'
import { type ScopeDocument, toScopeDocument } from './control/scope-document.ts'
import { DEFAULT_SCOPE } from './scope/scope-table.ts'
import type { RunningServer } from './server/start-server.ts'

/** One scope of a mock in this process: what a client is pointed at, and what a test can do. */
export class MockScope extends ScopeControl {
  /** The URL for clients, such as `http://127.0.0.1:41234/~suite-a`. */
  readonly url: string

  constructor(name: string, { url, control }: Pick<RunningServer, 'url' | 'control'>) {
    super(name, control)
    this.url = name === DEFAULT_SCOPE ? url : `${url}/~${name}`
  }
}

/**
 * A mock in this process. What a test does with it is done in the default scope, the one of the
 * root path; `scope()` gives others. `await using` closes it.
 */
export class MockGpudb extends MockScope implements AsyncDisposable {
  readonly #server: RunningServer
  readonly #control: ControlContext

  constructor(server: RunningServer) {
    super(DEFAULT_SCOPE, server)
    this.#server = server
    this.#control = server.control
  }

  /** A scope; made where it is not there. Throws ScopeError where the name is none. */
  scope(name: string): MockScope {
    this.#control.scopes.open(name)
    return new MockScope(name, this.#server)
  }

  /** All scopes, the default one first. */
  scopes(): ScopeDocument[] {
    return this.#control.scopes.list().map(toScopeDocument)
  }

  /** Takes a scope away. Throws ScopeError where there is none, or it is the default one. */
  removeScope(name: string): void {
    this.#control.scopes.remove(name)
  }

  /** Reads the fixtures again, for all scopes. Throws FixtureError where one is wrong. */
  reload(): void {
    this.#control.reload()
  }

  /** Stops it: answers what is in flight, for a second at most. */
  close(): Promise<void> {
    return this.#server.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
