import { type Static, Type } from '@sinclair/typebox'
import type { Scope } from '../scope/scope.ts'
import { count } from './control-kinds.ts'

/** A scope as the control API lists it. */
export const ScopeDocument = Type.Object(
  {
    name: Type.String(),
    jobs: count('How many jobs it has.'),
    rules: count('How many rules it has.'),
    requests: count('How many requests it received.'),
    waited_in: Type.Boolean({
      description: 'Whether somebody waits in it; it is not dropped then.',
    }),
  },
  { title: 'Scope' },
)
export type ScopeDocument = Static<typeof ScopeDocument>

/** Describes a scope. */
export function toScopeDocument({ name, jobs, rules, journal, isWaitedIn }: Scope): ScopeDocument {
  return {
    name,
    jobs: jobs.count(),
    rules: rules.size,
    requests: journal.lastId,
    waited_in: isWaitedIn,
  }
}
