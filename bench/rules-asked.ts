import { zeroRecord } from '../src/avro/zero-value.ts'
import { type CallPace, describeCalls, fastestNs } from './call-time.ts'
import { catalogue, DirectMock } from './direct-mock.ts'
import type { Figure } from './figure.ts'
import { loadFiles } from './fixture-loading.ts'
import {
  FEW_RULES,
  MANY_RULES,
  type RulePlan,
  ruleOfEach,
  rulesJson,
  rulesOfAll,
  rulesOfOne,
} from './rule-plan.ts'

/** The maximum for a request among many rules, to among few. */
const AT_MOST = 1.25

/** The number of rules that an explanation compares. */
const EXPLAINED = 200

/** Rules, and those of them that requests match in turn. */
interface Case {
  readonly rules: RulePlan
  readonly asked: RulePlan
}

/** The time of requests among 10,000 rules, compared with few. */
export function measureRulesAsked(pace: CallPace): Figure[] {
  const few = rulesOfOne(FEW_RULES)
  const many = rulesOfOne(MANY_RULES)
  const spread = rulesOfAll(MANY_RULES)
  // The numbers from 10 on: names of rules differ.
  const others = spread.slice(FEW_RULES)
  const each = ruleOfEach()
  const name = (what: string) => `a request among 10,000 rules, ${what}`
  return [
    compareMatches(name('10 for its endpoint'), {
      many: { rules: [...others, ...few], asked: few },
      few,
      pace,
    }),
    compareMatches(name('spread over all endpoints'), {
      many: { rules: spread, asked: spread },
      few: each,
      pace,
    }),
    compareMatches(name('all for one endpoint (worst case)'), {
      many: { rules: many, asked: many },
      few,
      pace,
    }),
    compareMisses(pace),
  ]
}

/** As many different requests for the few rules, so that both read as much memory for them. */
function compareMatches(
  name: string,
  { many, few, pace }: { readonly many: Case; readonly few: RulePlan; readonly pace: CallPace },
): Figure {
  const askedOfFew = many.asked.flatMap((_, index) => few[index % few.length] ?? [])
  const calls = [matches(many), matches({ rules: few, asked: askedOfFew })]
  const [ns = 0, fewNs = 0] = fastestNs(calls, pace)
  const of = `among ${few.length} rules`
  return describeCalls(name, { ns, others: [{ of, ns: fewNs, atMost: AT_MOST }] })
}

/** Requests that each match one rule: the scope is strict, so that any other would be an error. */
function matches({ rules, asked }: Case): () => void {
  const mock = new DirectMock({ rules: loadRules(rules), strict: true })
  return inTurn(asked, (endpoint, bytes) => mock.ask(endpoint, bytes))
}

/** Requests that match no rule, so that the journal gets an explanation. */
function compareMisses(pace: CallPace): Figure {
  const calls = [MANY_RULES, EXPLAINED, FEW_RULES].map(misses)
  const [ns = 0, explainedNs = 0, fewNs = 0] = fastestNs(calls, pace)
  return describeCalls('a request that none of 10,000 rules matches, explained', {
    ns,
    others: [
      { of: `among ${EXPLAINED} rules`, ns: explainedNs, atMost: AT_MOST },
      { of: `among ${FEW_RULES} rules`, ns: fewNs },
    ],
  })
}

function misses(count: number): () => void {
  const rules = rulesOfOne(count)
  const mock = new DirectMock({ rules: loadRules(rules) })
  const unknown = rules.map(({ endpoint, number }) => ({ endpoint, number: number + MANY_RULES }))
  return inTurn(unknown, (endpoint, bytes) => {
    const { entry } = mock.ask(endpoint, bytes)
    if (entry.nearest === undefined) throw new Error('Cannot measure: there is no explanation')
  })
}

function loadRules(plan: RulePlan) {
  return loadFiles({ 'rules.json': rulesJson(plan) }).rules
}

/** A call of the next request of a plan. */
function inTurn(plan: RulePlan, ask: (endpoint: string, bytes: Buffer) => void): () => void {
  const requests = plan.map(({ endpoint, number }) => {
    const codec = catalogue.get(endpoint).request
    const record = { ...zeroRecord(codec.schema), options: { rule: String(number) } }
    return { endpoint, bytes: codec.encode(record) }
  })
  let asked = 0
  return () => {
    // A stride without a common divisor with the number of requests visits each of them.
    asked += 7919
    const request = requests[asked % requests.length]
    if (request === undefined) throw new Error('Cannot measure: there are no requests')
    ask(request.endpoint, request.bytes)
  }
}
