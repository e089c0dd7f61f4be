import { NO_JOBS } from '../src/jobs/job.ts'
import { catalogue } from './direct-mock.ts'

/** The endpoint of each rule, and the number in requests that it matches. */
export type RulePlan = readonly { readonly endpoint: string; readonly number: number }[]

/** The number of rules of the large plans. */
export const MANY_RULES = 10_000

/** The number of rules of the plans that they are compared with. */
export const FEW_RULES = 10

/** The endpoints whose request has plain options, except JSON only and those with their own behaviour. */
const ENDPOINTS = catalogue.endpoints.filter((endpoint) => {
  const { fields } = catalogue.get(endpoint).request.schema
  const options = fields.find(({ name }) => name === 'options')
  const isPlain = JSON.stringify(options?.type) === '{"type":"map","values":"string"}'
  return isPlain && !NO_JOBS.has(endpoint) && !/job|^\/show\/system|^\/has\/table$/.test(endpoint)
})

/** The number of endpoints of the plans with all other endpoints. */
export const ENDPOINT_COUNT = ENDPOINTS.length

/** The endpoint of the plans with one endpoint; no other plan has rules for it. */
const ONE = '/has/table'

/** Rules for one endpoint, from number 0. */
export function rulesOfOne(count: number): RulePlan {
  return numbers(count).map((number) => ({ endpoint: ONE, number }))
}

/** Rules for all other endpoints in turn, from number 0. */
export function rulesOfAll(count: number): RulePlan {
  return numbers(count).map((number) => ({
    endpoint: ENDPOINTS[number % ENDPOINTS.length] ?? '',
    number,
  }))
}

/** The rules of a plan as a JSON file. */
export function rulesJson(plan: RulePlan): string {
  const texts = plan.map(
    ({ endpoint, number }) => `    {
      "name": "rule ${number}",
      "when": { "endpoint": "${endpoint}", "request": { "options": { "rule": "${number}" } } },
      "then": { "response": { "info": { "rule": "${number}" } } }
    }`,
  )
  return `{\n  "rules": [\n${texts.join(',\n')}\n  ]\n}\n`
}

/** The rules of a plan as a YAML file. */
export function rulesYaml(plan: RulePlan): string {
  const texts = plan.map(
    ({ endpoint, number }) => `  - name: rule ${number}
    when:
      endpoint: ${endpoint}
      request: { options: { rule: "${number}" } }
    then:
      response: { info: { rule: "${number}" } }
`,
  )
  return `rules:\n${texts.join('')}`
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number)
}
