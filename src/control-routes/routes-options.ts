import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ScopeControl } from '../control/scope-control.ts'
import type { WaitSignal } from '../control-parts/wait-until.ts'

/** A request; its URL determines the scope. */
export type RoutedRequest = Pick<FastifyRequest, 'originalUrl'>

/** The options of every plugin of the control API. */
export interface RoutesOptions {
  /**
   * The scope that a request's URL names. Its methods throw ScopeError if it is missing: reading,
   * verifying and waiting never create a scope.
   */
  readonly controlOf: (request: RoutedRequest) => ScopeControl
  /** As controlOf, but creates a missing scope: a test prepares it before its client calls. */
  readonly prepare: (request: RoutedRequest, reply: FastifyReply) => ScopeControl
}

/** The response schema of a route that answers without a body. */
export const NOTHING = { 204: Type.Null({ description: 'Done.' }) }

/** Answers without a body. */
export function answerNothing(reply: { code(status: 204): unknown }): null {
  reply.code(204)
  return null
}

/**
 * The input of a wait, with a signal that is aborted when the connection closes. An input with a key
 * `signal` of its own keeps it, and is rejected.
 */
export function whileConnected<Input>(
  input: Input,
  { raw }: Pick<FastifyReply, 'raw'>,
): Input | (Input & WaitSignal) {
  if (typeof input !== 'object' || input === null || 'signal' in input) return input
  const gone = new AbortController()
  raw.once('close', () => gone.abort())
  return { ...input, signal: gone.signal }
}
