import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import type { ScopeControl } from '../control/scope-control.ts'

/** A request whose URL names a scope. */
export type RoutedRequest = Pick<FastifyRequest, 'originalUrl'>

/** What every plugin of the control API needs. */
export interface RoutesOptions {
  /** What a request may do: everything in the scope that its path names. */
  readonly controlOf: (request: RoutedRequest) => ScopeControl
}

/** The response schema of a route that answers with nothing. */
export const NOTHING = { 204: Type.Null({ description: 'Done.' }) }

/** Answers with nothing: it is done. */
export function answerNothing(reply: { code(status: 204): unknown }): null {
  reply.code(204)
  return null
}
