import type { FastifyReply } from 'fastify'
import type { Scope } from '../scope/scope.ts'
import type { ControlContext } from './control-context.ts'

/**
 * The scope of a name, made where it is not there; the answer tells which one was dropped for it.
 *
 * @throws ScopeError where the name is none, or there are too many scopes.
 */
export function openScope(
  { scopes, noticeHeader }: ControlContext,
  { name, reply }: { readonly name: string; readonly reply: FastifyReply },
): Scope {
  const known = scopes.find(name)
  if (known) return known
  const { scope, notice } = scopes.make(name)
  if (notice !== undefined) reply.header(noticeHeader, notice)
  return scope
}
