import { type Static, Type } from '@sinclair/typebox'
import { checkInput, toJson } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { count } from '../control-parts/control-kinds.ts'
import { readOneRule } from '../control-parts/read-fixtures.ts'
import { CLOSED, choice } from '../documents/schema-kinds.ts'
import { FixtureRule } from '../fixture-format/fixture-format.ts'
import { writeRule } from '../fixture-writing/write-rule.ts'
import type { Redaction } from '../patterns/redaction.ts'
import type { ListedRule } from '../rules/ranked-rules.ts'
import type { Rule } from '../rules/rule.ts'
import { RULE_ORIGINS } from '../rules/rule.ts'
import type { RuleSet } from '../rules/rule-set.ts'

/** A rule as the control API shows it. */
export const RuleDocument = Type.Object(
  {
    id: Type.String({ description: 'Identifies the rule in its scope.' }),
    origin: choice(RULE_ORIGINS, { description: 'From the files, or from a test.' }),
    answered: count('How many requests it has answered.'),
    rule: FixtureRule,
  },
  { title: 'Rule' },
)
export type RuleDocument = Static<typeof RuleDocument>

const Named = Type.Object({ id: Type.String({ expected: 'the id of a rule' }) }, CLOSED)

/** The rules of a scope. */
export class RuleControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /** All rules, in the order in which they are tried. */
  list(): RuleDocument[] {
    return this.#rules.list().map((rule) => this.#describe(rule))
  }

  /** A rule. Throws RuleError if it is missing. */
  get(id: string): RuleDocument {
    const rules = this.#rules
    return this.#describe(rules.get(readId(id)))
  }

  /** Adds a rule before all others. Throws ControlError if it is invalid. */
  add(text: FixtureRule): RuleDocument {
    this.#context.assertUsable()
    const action = 'add the rule'
    const checked = checkInput(FixtureRule, text, { action, code: 'BAD_FIXTURES' })
    const id = this.#rules.nextId
    this.#rules.add([this.#read(checked, { action, name: id })])
    return this.get(id)
  }

  /**
   * Replaces a rule.
   *
   * @throws RuleError if it is missing, ControlError if the new one is invalid.
   */
  put(id: string, text: FixtureRule): RuleDocument {
    this.#context.assertUsable()
    const action = 'replace the rule'
    const checked = checkInput(FixtureRule, text, { action, code: 'BAD_FIXTURES' })
    const name = readId(id)
    const former = this.#rules.get(name)
    const rule = this.#rules.put(name, this.#read(checked, { action, name }))
    this.#remember([former])
    return this.#describe(rule)
  }

  /** Removes a rule. Throws RuleError if it is missing. */
  remove(id: string): void {
    const rules = this.#rules
    const former = rules.get(readId(id))
    rules.remove(former.id)
    this.#remember([former])
  }

  /** Removes all rules, those of the fixtures too. */
  clear(): void {
    const former = this.#rules.list()
    this.#rules.clear()
    this.#remember(former)
  }

  get #rules(): RuleSet {
    return this.#context.scope().rules
  }

  #remember(former: readonly ListedRule[]): void {
    const names = former.map(({ rule: { name } }) => ({ kind: 'rule' as const, name }))
    this.#context.scope().formerNames.addAll(names)
  }

  #describe(rule: ListedRule): RuleDocument {
    return toRuleDocument(rule, this.#context.scope().redaction)
  }

  /** `name` names the rule if it has no name. */
  #read(text: FixtureRule, { action, name }: { action: string; name: string }): Rule {
    return readOneRule(text, { ...this.#context, action, place: name })
  }
}

function readId(id: string): string {
  return checkInput(Named, { id }, { action: 'find the rule' }).id
}

/** Describes a rule without secrets. */
export function toRuleDocument(
  { id, origin, answered, rule }: ListedRule,
  redaction: Redaction,
): RuleDocument {
  // A rule keeps the text that it was read from, in all scopes: a caller gets a copy to change.
  const copy = writeRule(rule, toJson(rule.text, { action: 'show the rule' }))
  return { id, origin, answered, rule: redaction.value(copy) as FixtureRule }
}
