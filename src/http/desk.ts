import { answerCall, type CallContext } from '../gpudb/answer-call.ts'
import type { Scope } from '../scope/scope.ts'
import type { CallAnswer, CallTrace, GpudbCall } from '../wire/gpudb-call.ts'
import type { Exchange, ScopeDesk } from '../wire/scope-desk.ts'

/** What the desks of all scopes share. */
export type DeskContext = Omit<CallContext, 'scope' | 'trace'>

/** Answers the calls of one scope, and has them in its journal. */
export class Desk implements ScopeDesk {
  readonly #scope: Scope
  readonly #context: DeskContext

  constructor(scope: Scope, context: DeskContext) {
    this.#scope = scope
    this.#context = context
  }

  now(): number {
    return this.#scope.clock.now()
  }

  wait(ms: number): Promise<void> {
    return this.#scope.clock.wait(ms)
  }

  answer(call: GpudbCall, trace: CallTrace): CallAnswer {
    const { catalogue, maxBytes, report } = this.#context
    return answerCall(call, { scope: this.#scope, catalogue, maxBytes, report, trace })
  }

  record(exchange: Exchange): void {
    this.#scope.journal.record(exchange)
    this.#scope.changes.fire()
  }
}
