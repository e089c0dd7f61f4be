import type { Scope } from '../scope/scope.ts'
import { ScopeError } from '../scope/scope-error.ts'
import { DEFAULT_SCOPE } from '../scope/scope-name.ts'
import type { ScopeTable } from '../scope/scope-table.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { Desk, type DeskContext } from './desk.ts'
import type { GpudbRoutesOptions } from './gpudb-routes.ts'

/** The desks of all scopes: one is looked up for every request. */
export class Desks implements Pick<GpudbRoutesOptions, 'findDesk' | 'makeDesk'> {
  readonly #scopes: ScopeTable
  readonly #context: DeskContext
  readonly #desks = new WeakMap<Scope, Desk>()

  constructor(scopes: ScopeTable, context: DeskContext) {
    this.#scopes = scopes
    this.#context = context
  }

  readonly findDesk = (name: string = DEFAULT_SCOPE): Desk | undefined => {
    const scope = this.#scopes.find(name)
    return scope && this.#deskOf(scope)
  }

  readonly makeDesk: GpudbRoutesOptions['makeDesk'] = (name = DEFAULT_SCOPE) => {
    try {
      const { scope, notice } = this.#scopes.make(name)
      return { desk: this.#deskOf(scope), ...(notice === undefined ? {} : { notice }) }
    } catch (cause) {
      /* c8 ignore next -- no refusal: a mistake of our own */
      if (!(cause instanceof ScopeError)) throw cause
      throw new GpudbError(cause.message, { cause })
    }
  }

  #deskOf(scope: Scope): Desk {
    const desk = this.#desks.get(scope) ?? new Desk(scope, this.#context)
    this.#desks.set(scope, desk)
    return desk
  }
}
