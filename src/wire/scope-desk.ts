import type { Encoding } from './encoding.ts'
import type { CallAnswer, CallTrace, GpudbCall } from './gpudb-call.ts'

/** A request that came in, and what was answered. */
export interface Exchange extends Readonly<CallTrace> {
  /** When it came, in epoch milliseconds of the scope's clock. */
  readonly atMs: number
  /** How long the answer took to make, in real time. */
  readonly durationMs: number
  /** How long the answer waits before it leaves. */
  readonly delayMs: number
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Absent where the Content-Type names none. */
  readonly encoding: Encoding | undefined
  readonly body: Buffer
  readonly user: string
  readonly sourceIp: string
  /** The HTTP status of the answer; 0 where the connection was cut instead. */
  readonly status: number
  /** What the ERROR wrapper says; empty where the answer is none. */
  readonly error: string
}

/** Where the calls of one scope are answered. */
export interface ScopeDesk {
  /** Now, on the clock of the scope. */
  now(): number
  /** Comes back once `ms` have passed on that clock. */
  wait(ms: number): Promise<void>
  /** Answers a call, or throws a GpudbError. */
  answer(call: GpudbCall, trace: CallTrace): CallAnswer
  /** Keeps what came in and went out. */
  record(exchange: Exchange): void
}
