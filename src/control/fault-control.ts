import { type Static, Type } from '@sinclair/typebox'
import { checkInput, toJson } from '../control-parts/check-input.ts'
import type { ScopeContext } from '../control-parts/control-context.ts'
import { count } from '../control-parts/control-kinds.ts'
import { readOneFault } from '../control-parts/read-fixtures.ts'
import { CLOSED, choice } from '../documents/schema-kinds.ts'
import { FixtureFault } from '../fixture-format/fault-format.ts'
import type { Redaction } from '../patterns/redaction.ts'
import type { Fault } from '../rules/fault.ts'
import type { FaultSet } from '../rules/fault-set.ts'
import type { ListedFault } from '../rules/placed-fault.ts'
import { RULE_ORIGINS } from '../rules/rule.ts'

/** A fault as the control API shows it. */
export const FaultDocument = Type.Object(
  {
    id: Type.String({ description: 'Identifies the fault in its scope.' }),
    name: Type.String({ description: 'Its name in the journal: its own, or its place.' }),
    origin: choice(RULE_ORIGINS, { description: 'From the files, or from a test.' }),
    enabled: Type.Boolean({ description: 'Whether it is switched on.' }),
    seen: count('How many requests matched while it was active.'),
    hits: count('How many requests it has struck.'),
    left: Type.Union([count('How many requests it may still strike.'), Type.Null()], {
      description: 'How many requests it may still strike. null: no limit.',
    }),
    fault: FixtureFault,
  },
  { title: 'Fault' },
)
export type FaultDocument = Static<typeof FaultDocument>

/** What can be changed of a fault while it keeps its counters. */
export const FaultPatch = Type.Object(
  {
    enabled: Type.Boolean({
      description: 'To switch it on starts its time anew.',
      expected: 'true or false',
    }),
  },
  { ...CLOSED, title: 'FaultPatch', expected: 'an object with enabled' },
)
export type FaultPatch = Static<typeof FaultPatch>

const Named = Type.Object({ id: Type.String({ expected: 'the id of a fault' }) }, CLOSED)

/** The faults of a scope. */
export class FaultControl {
  readonly #context: ScopeContext

  constructor(context: ScopeContext) {
    this.#context = context
  }

  /** All faults, in the order in which they strike. */
  list(): FaultDocument[] {
    return this.#faults.list().map((fault) => this.#describe(fault))
  }

  /** A fault. Throws RuleError if it is missing. */
  get(id: string): FaultDocument {
    const faults = this.#faults
    return this.#describe(faults.get(readId(id)))
  }

  /**
   * Adds a fault before all others.
   *
   * @throws ControlError if it is invalid, RuleError if there are too many.
   */
  add(text: FixtureFault): FaultDocument {
    this.#context.assertUsable()
    const action = 'add the fault'
    const checked = checkInput(FixtureFault, text, { action, code: 'BAD_FIXTURES' })
    const name = this.#faults.nextId
    this.#faults.add([this.#read(checked, { action, name })], this.#nowMs)
    return this.get(name)
  }

  /**
   * Replaces a fault; its counters and its time start anew.
   *
   * @throws RuleError if it is missing, ControlError if the new one is invalid.
   */
  put(id: string, text: FixtureFault): FaultDocument {
    this.#context.assertUsable()
    const action = 'replace the fault'
    const checked = checkInput(FixtureFault, text, { action, code: 'BAD_FIXTURES' })
    const name = readId(id)
    const former = this.#faults.get(name)
    const fault = this.#faults.put(name, this.#read(checked, { action, name }), this.#nowMs)
    this.#remember([former])
    return this.#describe(fault)
  }

  /**
   * Switches a fault, which keeps its counters; to switch it on starts its time anew.
   *
   * @throws RuleError if it is missing, ControlError if the change is invalid.
   */
  patch(id: string, change: FaultPatch): FaultDocument {
    this.#context.assertUsable()
    const { enabled } = checkInput(FaultPatch, change, { action: 'change the fault' })
    return this.#describe(this.#faults.enable(readId(id), enabled, this.#nowMs))
  }

  /** Removes a fault. Throws RuleError if it is missing. */
  remove(id: string): void {
    const faults = this.#faults
    const former = faults.get(readId(id))
    faults.remove(former.id)
    this.#remember([former])
  }

  /** Removes all faults, those of the fixtures too. */
  clear(): void {
    const former = this.#faults.list()
    this.#faults.clear()
    this.#remember(former)
  }

  get #faults(): FaultSet {
    return this.#context.scope().faults
  }

  get #nowMs(): number {
    return this.#context.scope().clock.now()
  }

  #remember(former: readonly ListedFault[]): void {
    const names = former.map(({ fault: { name } }) => ({ kind: 'fault' as const, name }))
    this.#context.scope().formerNames.addAll(names)
  }

  #describe(fault: ListedFault): FaultDocument {
    return toFaultDocument(fault, this.#context.scope().redaction)
  }

  /** `name` names the fault if it has no name. */
  #read(text: FixtureFault, { action, name }: { action: string; name: string }): Fault {
    return readOneFault(text, { ...this.#context, action, place: name })
  }
}

function readId(id: string): string {
  return checkInput(Named, { id }, { action: 'find the fault' }).id
}

/** Describes a fault without secrets. */
export function toFaultDocument(
  { id, origin, enabled, seen, hits, left, fault }: ListedFault,
  redaction: Redaction,
): FaultDocument {
  const name = redaction.text(fault.name)
  const written = writeFault(fault, redaction)
  return { id, name, origin, enabled, seen, hits, left: left ?? null, fault: written }
}

/** A copy of a fault as it was written, without secrets. */
function writeFault({ text }: Fault, redaction: Redaction): FixtureFault {
  return redaction.value(toJson(text, { action: 'show the fault' })) as FixtureFault
}

/** A fault as a fixture, switched as it is now. */
export function toFaultFixture(
  { fault, enabled }: ListedFault,
  redaction: Redaction,
): FixtureFault {
  const written = writeFault(fault, redaction)
  return enabled === (written.enabled ?? true) ? written : { ...written, enabled }
}
