import { type Static, type TProperties, Type } from '@sinclair/typebox'

/** What every step may have beside what it takes. */
const OUTCOME = {
  /** A subset of the answer. */
  expect: Type.Optional(Type.Unknown()),
  /** The step must raise or report an error with this text in it; an empty one is in every error. */
  fails: Type.Optional(Type.String()),
  /** Fields of the answer to keep, by the name under which `$name` stands for them later. */
  save: Type.Optional(Type.Record(Type.String(), Type.String())),
}

/** An id: a number, a text that starts with `long:` or `$`. */
const Id = Type.Union([Type.Integer(), Type.String()])
const ServerName = Type.Union([
  Type.Literal('open'),
  Type.Literal('guarded'),
  Type.Literal('backup'),
])
const Request = Type.Record(Type.String(), Type.Unknown())

/** One of three mocks: `open` to all, `guarded` by a password, `backup` as a second cluster. */
export type ServerName = Static<typeof ServerName>

/** One thing that a client does; see README.md beside this file. */
export const Step = Type.Union([
  step('connect', {
    server: Type.Optional(Type.Union([ServerName, Type.Array(ServerName)])),
    user: Type.Optional(Type.String()),
    password: Type.Optional(Type.String()),
  }),
  step('version', {}),
  step('create_job', {
    endpoint: Type.String(),
    encoding: Type.Union([Type.Literal('json'), Type.Literal('binary'), Type.Literal('snappy')]),
    request: Request,
    tag: Type.Optional(Type.String()),
  }),
  step('get_job', { job: Type.Optional(Id), tag: Type.Optional(Type.String()) }),
  step('poll', {
    job: Type.Optional(Id),
    tag: Type.Optional(Type.String()),
    until: Type.String(),
  }),
  step('alter_jobs', {
    jobs: Type.Optional(Type.Array(Id)),
    tag: Type.Optional(Type.String()),
    action: Type.String(),
  }),
  step('show_jobs', { options: Type.Optional(Type.Record(Type.String(), Type.String())) }),
  step('call', { endpoint: Type.String(), request: Request }),
  step('together', { count: Type.Integer({ minimum: 1 }) }),
  step('control', {
    method: Type.String(),
    path: Type.String(),
    body: Type.Optional(Type.Unknown()),
    status: Type.Optional(Type.Integer()),
    server: Type.Optional(ServerName),
  }),
])

/** See above. */
export type Step = Static<typeof Step>

const CASE = {
  /** Names the case, and the scope in which it runs. */
  id: Type.String({ pattern: '^[a-z0-9$-]{1,40}$' }),
  title: Type.String(),
  /** Abilities that not every client has. */
  needs: Type.Optional(Type.Array(Type.String())),
  /** False: the case runs without a scope of its own. */
  scope: Type.Optional(Type.Boolean()),
  steps: Type.Array(Step, { minItems: 1 }),
}

/** One thing to hold of every client: steps that go as they say. */
export const Case = Type.Object(CASE, { additionalProperties: false })

/** See above. */
export type Case = Static<typeof Case>

/** The list in cases.json. With `each`, a case stands for several: `$name` is filled from each. */
export const CaseFile = Type.Array(
  Type.Object(
    {
      ...CASE,
      each: Type.Optional(Type.Array(Type.Record(Type.String(), Type.String()))),
    },
    { additionalProperties: false },
  ),
)

/** See above. */
export type CaseFile = Static<typeof CaseFile>

function step<const Name extends string, Takes extends TProperties>(name: Name, takes: Takes) {
  return Type.Object(
    { do: Type.Literal(name), ...takes, ...OUTCOME },
    { additionalProperties: false },
  )
}
