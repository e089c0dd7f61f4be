import type { FastifyReply } from 'fastify'
import type { ControlContext } from '../control/control-context.ts'
import type { Scope } from '../scope/scope.ts'
import { NOTICE_HEADER } from './gpudb-handler.ts'

/**
 * The scope of a name, made where it is not there; the answer tells which one was dropped for it.
 *
 * @throws ScopeError where the name is none, or there are too many scopes.
 */
export function openScope(
  { scopes }: ControlContext,
  { name, reply }: { readonly name: string; readonly reply: FastifyReply },
): Scope {
  const known = scopes.find(name)
  if (known) return known
  const { scope, notice } = scopes.make(name)
  if (notice !== undefined) reply.header(NOTICE_HEADER, notice)
  return scope
}
