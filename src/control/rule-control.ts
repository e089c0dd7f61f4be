import { type Static, Type } from '@sinclair/typebox'
import { choice } from '../documents/schema-kinds.ts'
import { FixtureRule } from '../fixtures/fixture-format.ts'
import type { Rule } from '../rules/rule.ts'
import { type ListedRule, RULE_ORIGINS, type RuleSet } from '../rules/rule-set.ts'
import type { ScopeContext } from './control-context.ts'
import { count } from './control-kinds.ts'
import { readOneRule } from './read-fixtures.ts'

/** A rule as the control API shows it. */
export const RuleDocument = Type.Object(
  {
    id: Type.String({ description: 'Names the rule in its scope.' }),
    origin: choice(RULE_ORIGINS, {
      description: 'Whether it came from the files, or from a test.',
    }),
    answered: count('How often it has answered.'),
    rule: FixtureRule,
  },
  { title: 'Rule' },
)
export type RuleDocument = Static<typeof RuleDocument>

/** The rules of a scope. */
export class RuleControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /** All rules, in the order in which they are asked. */
  list(): RuleDocument[] {
    return this.#rules.list().map(toRuleDocument)
  }

  /** A rule. Throws RuleError where there is none. */
  get(id: string): RuleDocument {
    return toRuleDocument(this.#rules.get(id))
  }

  /** Puts a rule before all others. Throws ControlError where it is wrong. */
  add(text: FixtureRule): RuleDocument {
    const id = this.#rules.nextId
    this.#rules.add([this.#read(text, id)])
    return this.get(id)
  }

  /** Puts a rule in the place of another. Throws RuleError where there is none. */
  put(id: string, text: FixtureRule): RuleDocument {
    this.#rules.get(id)
    return toRuleDocument(this.#rules.put(id, this.#read(text, id)))
  }

  /** Takes a rule away. Throws RuleError where there is none. */
  remove(id: string): void {
    this.#rules.remove(id)
  }

  /** Takes all rules away, those of the fixtures too. */
  clear(): void {
    this.#rules.clear()
  }

  get #rules(): RuleSet {
    return this.#context.scope().rules
  }

  #read(text: FixtureRule, name: string): Rule {
    return readOneRule(text, { ...this.#context, place: name })
  }
}

/** Describes a rule. */
export function toRuleDocument({ id, origin, answered, rule }: ListedRule): RuleDocument {
  // A rule keeps the text that it was read from.
  return { id, origin, answered, rule: rule.text as FixtureRule }
}
