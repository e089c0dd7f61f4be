import { type Static, type TProperties, Type } from '@sinclair/typebox'

/** The properties of all steps. */
const OUTCOME = {
  /** Fields that the answer must have. */
  expect: Type.Optional(Type.Unknown()),
  /** The step must fail with an error that contains these texts; an empty text accepts any error. */
  fails: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
  /**
   * The time limit of the step, in ms. A step without `fails` is repeated until its answer is as
   * expected.
   */
  within_ms: Type.Optional(Type.Integer({ minimum: 1000 })),
  /** Fields of the answer to save, by name; later steps refer to them as `$name`. */
  save: Type.Optional(Type.Record(Type.String(), Type.String())),
}

/** An id: a number, or a text that starts with `long:` or `$`. */
const Id = Type.Union([Type.Integer(), Type.String()])
const ServerName = Type.Union([
  Type.Literal('open'),
  Type.Literal('guarded'),
  Type.Literal('backup'),
  Type.Literal('second'),
])
const Request = Type.Record(Type.String(), Type.Unknown())
/** A cell that every client can pass to its own type. */
const Cell = Type.Union([Type.Number(), Type.String(), Type.Null()])
const Rows = Type.Array(Type.Array(Cell))

/**
 * One of three mocks: `open`, `guarded` by credentials, `backup` as a second cluster. With a ring, there
 * is only one: `open` is its first cluster, `second` its second one.
 */
export type ServerName = Static<typeof ServerName>

/** One action of a client; README.md in this folder describes each. */
export const Step = Type.Union([
  step('connect', {
    server: Type.Optional(Type.Union([ServerName, Type.Array(ServerName)])),
    user: Type.Optional(Type.String()),
    password: Type.Optional(Type.String()),
    failover: Type.Optional(Type.Boolean()),
    timeout_ms: Type.Optional(Type.Integer({ minimum: 1000 })),
  }),
  step('version', {}),
  step('urls', {}),
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
  step('decode', { endpoint: Type.String(), request: Request }),
  step('pages', { statement: Type.String(), size: Type.Integer({ minimum: 1 }) }),
  step('job_rows', { job: Id }),
  step('dataframe', { statement: Type.String() }),
  step('make_table', {
    table: Type.String(),
    columns: Type.Array(Type.Array(Type.String(), { minItems: 2 })),
  }),
  step('insert', { table: Type.String(), rows: Rows }),
  step('ingest', { table: Type.String(), rows: Rows, batch: Type.Integer({ minimum: 1 }) }),
  step('type_of', { table: Type.String() }),
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
  /** The name of the case, and of the scope in which it runs. */
  id: Type.String({ pattern: '^[a-z0-9$-]{1,40}$' }),
  title: Type.String(),
  /** The optional abilities of a client that the case needs. */
  needs: Type.Optional(Type.Array(Type.String())),
  /** Whether the case has its own scope; false means the default one. */
  scope: Type.Optional(Type.Boolean()),
  steps: Type.Array(Step, { minItems: 1 }),
}

/** A behaviour that every client must show: all steps must succeed. */
export const Case = Type.Object(CASE, { additionalProperties: false })

/** See above. */
export type Case = Static<typeof Case>

/** The name of a case, and what it shows. A package only has these: its steps are a program. */
export type CaseName = Pick<Case, 'id' | 'title'>

/** The list in cases.json. A case with `each` becomes a case for each element, which sets `$name`. */
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
