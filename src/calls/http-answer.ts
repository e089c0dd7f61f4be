import type { Delivery } from '../gpudb-parts/call.ts'
import type { ConnectionDamage, PieceDamage } from '../rules/damage.ts'
import type { Draws } from '../rules/draws.ts'

/** An encoded answer, and how to send it. */
export interface HttpAnswer extends Delivery {
  readonly contentType: string
  /** A string for JSON and pages: it is ASCII, and Node writes it in one piece with the headers. */
  readonly body: Buffer | string
  /** The HTTP status, also for an answer that is not sent whole. */
  readonly status: number
  /** The reason phrase. Undefined: the one that clients expect of the error, or the usual one. */
  readonly phrase?: string | undefined
  /** The message of the ERROR wrapper; empty if the call succeeded. */
  readonly error: string
  /** How it is sent instead of whole. Undefined: it is sent whole. */
  readonly broken?: BrokenDelivery | undefined
}

/** How an answer is sent that a fault damages, or what happens to the connection instead. */
export interface BrokenDelivery {
  readonly damage: ConnectionDamage | PieceDamage
  readonly draws: Draws
  /** The Content-Length that is sent. Undefined: that of the body. */
  readonly contentLength?: number
}
