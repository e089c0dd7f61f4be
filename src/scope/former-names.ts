import type { Fault } from '../rules/fault.ts'
import type { Rule } from '../rules/rule.ts'

/** How many names a scope remembers. */
export const MAX_FORMER_NAMES = 1000

/** The longest name that it remembers, in characters. */
export const MAX_FORMER_NAME_LENGTH = 200

/** The name of something that a scope had. */
export interface FormerName {
  readonly kind: 'rule' | 'fault' | 'cluster'
  readonly name: string
}

/** The names of removed rules, faults and clusters. Of too many, the oldest are forgotten. */
export class FormerNames {
  /** In the order in which they were added last. */
  readonly #keys = new Set<string>()

  /** Whether it was added, and not forgotten since; never for another kind. */
  has({ kind, name }: { readonly kind: string; readonly name: string }): boolean {
    return this.#keys.has(`${kind} ${name}`)
  }

  addAll(names: readonly FormerName[]): void {
    for (const { kind, name } of names) {
      if (name.length > MAX_FORMER_NAME_LENGTH) continue
      const key = `${kind} ${name}`
      this.#keys.delete(key)
      this.#keys.add(key)
      const [oldest = key] = this.#keys
      if (this.#keys.size > MAX_FORMER_NAMES) this.#keys.delete(oldest)
    }
  }
}

/** What has rules and faults, such as the fixtures. */
interface Named {
  readonly rules: readonly Rule[]
  readonly faults: readonly Fault[]
}

/** The names of rules and faults that others took the place of, as many as a scope remembers. */
export function namesGone(before: Named, after: Named): FormerName[] {
  const present = {
    rules: new Set(after.rules.map(({ name }) => name)),
    faults: new Set(after.faults.map(({ name }) => name)),
  }
  const rules = before.rules.filter(({ name }) => !present.rules.has(name))
  const faults = before.faults.filter(({ name }) => !present.faults.has(name))
  return [
    ...rules.map(({ name }) => ({ kind: 'rule' as const, name })),
    ...faults.map(({ name }) => ({ kind: 'fault' as const, name })),
  ].slice(0, MAX_FORMER_NAMES)
}
