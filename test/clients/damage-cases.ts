import type { Case, Step } from './case-file.ts'
import type { Damage } from './damage.ts'
import { HTTP_DAMAGE } from './http-damage.ts'
import { type CreateOutcome, LOST_CREATES, type LostCreate } from './lost-creates.ts'
import { MESSAGE_DAMAGE } from './message-damage.ts'
import type { Outcome } from './outcome.ts'

/** The table of docs/clients.md, with the version of Java that is in the registry. */
const DAMAGE = [...HTTP_DAMAGE, ...MESSAGE_DAMAGE]

const ENDPOINT = '/alter/table'
const REQUEST = { table_name: 'orders', action: 'ttl', value: '7', options: {} }
/** A part of the undamaged answer. */
const ANSWER = { table_name: 'orders', action: 'ttl', value: '7' }
/** Short, because Python sends a call six times that runs into it. */
const TIMEOUT_MS = 1000
const FAULT_NAME = 'damage'
const HEAL: Step = { do: 'control', method: 'DELETE', path: '/faults', status: 204 }

/** The endpoint of the jobs whose creation is lost: the fixtures have no job of it. */
const CLEAR = '/clear/table'
const CLEARED = { table_name: 'orders', authorization: '', options: {} }
const CREATED = { job_id: { $present: true } }

/** The cases of the Python client in an encoding: damage as it takes it. */
export function pythonDamage(encoding: string): Case[] {
  return [
    ...DAMAGE.map((damage) => {
      const { python, pythonJson = python } = damage
      return damageCase(damage, encoding === 'JSON' ? pythonJson : python)
    }),
    ...LOST_CREATES.map((lost) => lostCreateCase(lost, lost.python)),
  ]
}

/** The cases of the Java client: damage as it takes it. */
export function javaDamage(): Case[] {
  return [
    ...DAMAGE.map((damage) => damageCase(damage, damage.java)),
    ...LOST_CREATES.map((lost) => lostCreateCase(lost, lost.java)),
  ]
}

/** A damaged call, how often it arrives, and the same call without the damage. */
function damageCase({ id, title, fault, hangs }: Damage, outcome: Outcome): Case {
  const call: Step = { do: 'call', endpoint: ENDPOINT, request: REQUEST }
  return {
    id: `damage-${id}`,
    title: `damage: ${title}`,
    steps: [
      { do: 'connect', failover: false, ...(hangs && { timeout_ms: TIMEOUT_MS }) },
      strike(ENDPOINT, { fault }),
      { ...call, ...ending(outcome, ANSWER) },
      arrived({ endpoint: ENDPOINT, fault: FAULT_NAME }, outcome.arrives),
      HEAL,
      { ...call, expect: ANSWER },
      arrived({ endpoint: ENDPOINT }, outcome.arrives + 1),
    ],
  }
}

/** The answer to a creation is lost: how often it arrives, and how many jobs there are. */
function lostCreateCase(
  { id, title, fault, times, tag }: LostCreate,
  outcome: CreateOutcome,
): Case {
  const { arrives, jobs } = outcome
  const create: Step = { do: 'create_job', endpoint: CLEAR, encoding: 'json', request: CLEARED }
  return {
    id: `lost-create-${id}`,
    title: `the answer to a create is lost: ${title}`,
    steps: [
      { do: 'connect', failover: false },
      strike('/create/job', { fault, ...(times !== undefined && { times }) }),
      { ...create, ...(tag !== undefined && { tag }), ...ending(outcome, CREATED) },
      arrived({ endpoint: '/create/job' }, arrives),
      { do: 'control', method: 'GET', path: `/jobs?endpoint=${CLEAR}`, expect: { total: jobs } },
      HEAL,
      { ...create, expect: CREATED },
    ],
  }
}

function ending({ fails, reads }: Outcome, answer: unknown): Pick<Step, 'fails' | 'expect'> {
  return fails ? { fails: [...fails] } : { expect: reads ?? answer }
}

function strike(endpoint: string, fault: Readonly<Record<string, unknown>>): Step {
  const body = { name: FAULT_NAME, when: { endpoint }, ...fault }
  return { do: 'control', method: 'POST', path: '/faults', body, status: 201 }
}

function arrived(when: Readonly<Record<string, string>>, exactly: number): Step {
  const body = { when, times: { exactly } }
  return { do: 'control', method: 'POST', path: '/requests/verify', body }
}
