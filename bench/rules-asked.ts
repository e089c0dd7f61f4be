import { zeroRecord } from '../src/avro/zero-value.ts'
import { type CallPace, describeCalls, timeInTurns } from './call-time.ts'
import { catalogue, DirectMock } from './direct-mock.ts'
import type { Figure } from './figure.ts'
import { loadFiles } from './fixture-loading.ts'
import {
  ENDPOINT_COUNT,
  FEW_RULES,
  MANY_RULES,
  type RulePlan,
  rulesJson,
  rulesOfAll,
  rulesOfOne,
} from './rule-plan.ts'

/** The maximum for a request among many rules, to among few. */
const AT_MOST = 1.25

/** The number of the first of the few rules. */
const MIDDLE = MANY_RULES / 2

/** The number of rules that an explanation compares. */
const EXPLAINED = 200

/** Rules, and those of them that requests match in turn. */
interface Case {
  readonly rules: RulePlan
  readonly asked: RulePlan
}

/** The time of requests among 10,000 rules, compared with few. */
export function measureRulesAsked(pace: CallPace): Figure[] {
  const many = rulesOfOne(MANY_RULES)
  // From the middle: texts of one character would cost less than those of the others.
  const few = many.slice(MIDDLE, MIDDLE + FEW_RULES)
  const spread = rulesOfAll(MANY_RULES)
  const each = spread.slice(MIDDLE, MIDDLE + ENDPOINT_COUNT)
  // Names of rules differ.
  const names = new Set(few.map(({ number }) => number))
  const others = spread.filter(({ number }) => !names.has(number))
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
  const [ns = [], fewNs = []] = timeInTurns(calls, pace)
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
  const [ns = [], explainedNs = [], fewNs = []] = timeInTurns(calls, pace)
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
