import type { FastifyReply } from 'fastify'
import type { Scope } from '../scope/scope.ts'
import type { ScopeCreator, ScopeTable } from '../scope/scope-table.ts'
import type { RequestPath } from './request-path.ts'

/** The response header that reports which scope was dropped when another was created. */
export const NOTICE_HEADER = 'x-mock-gpudb-notice'

/**
 * The scope of a name, created if it is missing. A header of the response then reports a scope that
 * was dropped for it.
 *
 * @throws as `ScopeTable.make` does.
 */
export function openScope(
  { scopes }: { readonly scopes: ScopeTable },
  {
    name,
    reply,
    creator,
  }: { readonly name: string; readonly reply: FastifyReply; readonly creator?: ScopeCreator },
): Scope {
  const known = scopes.find(name)
  if (known) return known
  const { scope, notice } = scopes.make(name, creator)
  if (notice !== undefined) reply.header(NOTICE_HEADER, notice)
  return scope
}

/** Throws ScopeError if a path names a cluster that the scope does not have. */
export function assertCluster({ ring }: Scope, { cluster }: RequestPath): void {
  if (cluster !== undefined) ring.get(cluster)
}
