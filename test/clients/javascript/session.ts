import type { Case, ServerName, Step } from '../case-file.ts'
import { type Fields, findMismatch, isFields, resolve } from './compare.ts'
import { readJson, writeJson } from './exact-json.ts'
import { FetchClient, readFields } from './fetch-client.ts'

/** The servers and the encoding of a case. */
export interface SessionContext {
  readonly servers: Readonly<Partial<Record<ServerName, string>>>
  readonly encoding: string
}

type StepOf<Name extends Step['do']> = Extract<Step, { do: Name }>

/** The id or the tag of a job. */
interface JobKey {
  readonly job?: unknown
  readonly tag?: string | undefined
}

const MAX_POLLS = 50
const LIMIT_MS = 20_000

/** A running case: its client, its scope, and its saved values. */
export class Session {
  readonly #context: SessionContext
  readonly #scope: string
  readonly #saved = new Map<string, unknown>()
  #client: FetchClient | undefined

  constructor({ id, scope = true }: Case, context: SessionContext) {
    this.#context = context
    this.#scope = scope ? `/~${context.encoding}-${id}`.toLowerCase() : ''
  }

  /**
   * Runs a step, compares its answer with the expected one, and saves fields.
   *
   * @throws Error if the step does not have the expected result.
   */
  async run(step: Step): Promise<void> {
    if (step.fails !== undefined) return this.#expectFailure(step, step.fails)
    const answer = await this.#do(step)
    const wanted = this.#resolve(step.expect)
    const mismatch = wanted === undefined ? undefined : findMismatch(answer, wanted)
    if (mismatch !== undefined) throw new Error(mismatch)
    for (const [name, field] of Object.entries(step.save ?? {})) {
      if (!isFields(answer) || !(field in answer)) throw new Error(`answer has no ${field}`)
      this.#saved.set(name, answer[field])
    }
  }

  async #expectFailure(step: Step, texts: string | readonly string[]): Promise<void> {
    let answer: unknown
    try {
      answer = await this.#do(step)
      // Connecting sends no request.
      if (step.do === 'connect') answer = await this.#version()
    } catch (error) {
      if ([texts].flat().every((text) => String(error).includes(text))) return
      throw error
    }
    throw new Error(`it went well instead: ${writeJson(answer)}`)
  }

  async #do(step: Step): Promise<unknown> {
    switch (step.do) {
      case 'connect':
        return this.#connect(step)
      case 'version':
        return this.#version()
      case 'create_job':
        return this.#createJob(step)
      case 'get_job':
        return this.#getJob(step)
      case 'poll':
        return this.#poll(step)
      case 'alter_jobs':
        return this.#alterJobs(step)
      case 'show_jobs':
        return this.#call('/admin/show/jobs', { options: step.options ?? {} })
      case 'call':
        return this.#call(step.endpoint, step.request)
      case 'together':
        return this.#together(step)
      case 'control':
        return this.#control(step)
      case 'urls':
        throw new Error('it uses one URL')
      case 'decode':
      case 'pages':
      case 'job_rows':
      case 'dataframe':
      case 'make_table':
      case 'insert':
      case 'ingest':
      case 'type_of':
        throw new Error('it has neither rows nor tables')
    }
  }

  async #connect({ server = 'open', user, password }: StepOf<'connect'>): Promise<Fields> {
    const [first = 'open'] = [server].flat()
    this.#client = new FetchClient({ url: this.#url(first), user, password })
    return {}
  }

  async #version(): Promise<Fields> {
    const { property_map } = await this.#call('/show/system/properties', { options: {} })
    const properties = isFields(property_map) ? property_map : {}
    return { version: properties['version.gpudb_core_version'] }
  }

  #createJob({ endpoint, encoding, request, tag }: StepOf<'create_job'>): Promise<Fields> {
    const data_str = writeJson(this.#resolve(request))
    const job = { endpoint, request_encoding: encoding, data: '', data_str, options: tagged(tag) }
    return this.#call('/create/job', job)
  }

  async #getJob({ job = 0, tag }: JobKey): Promise<Fields> {
    const answer = await this.#call('/get/job', { job_id: job, options: tagged(tag) })
    if (answer['job_status'] !== 'DONE') return answer
    return { ...answer, result: readFields(String(answer['job_response_str'])) }
  }

  async #poll({ until, ...key }: JobKey & { readonly until: string }): Promise<Fields> {
    for (let polls = 0; polls < MAX_POLLS; polls += 1) {
      const answer = await this.#getJob(key)
      if (answer['job_status'] === until) return answer
    }
    throw new Error(`not ${until} after ${MAX_POLLS} polls`)
  }

  #alterJobs({ jobs = [], tag, action }: StepOf<'alter_jobs'>): Promise<Fields> {
    return this.#call('/admin/alter/jobs', { job_ids: jobs, action, options: tagged(tag) })
  }

  async #together({ count }: StepOf<'together'>): Promise<Fields> {
    await Promise.all(Array.from({ length: count }, (_, index) => this.#runOneOfMany(index)))
    return {}
  }

  async #runOneOfMany(index: number): Promise<void> {
    const request = { table_name: `t${index}`, action: 'ttl', value: '1', options: {} }
    const job = { endpoint: '/alter/table', encoding: 'json', request } as const
    const { job_id } = await this.#createJob({ do: 'create_job', ...job })
    const { result } = await this.#poll({ job: job_id, until: 'DONE' })
    const mismatch = findMismatch(result, { table_name: request.table_name })
    if (mismatch !== undefined) throw new Error(mismatch)
  }

  async #control(step: StepOf<'control'>): Promise<unknown> {
    const { method, path, body, status = 200, server = 'open' } = step
    const answer = await fetch(`${this.#url(server)}/__mock${this.#resolve(path)}`, {
      method,
      ...(body === undefined
        ? {}
        : {
            headers: { 'content-type': 'application/json' },
            body: writeJson(this.#resolve(body)),
          }),
      signal: AbortSignal.timeout(LIMIT_MS),
    })
    const text = await answer.text()
    if (answer.status !== status) throw new Error(`${path} answers ${answer.status}: ${text}`)
    return text === '' ? undefined : readJson(text)
  }

  async #call(endpoint: string, request: Fields): Promise<Fields> {
    if (this.#client === undefined) throw new Error('the case does not connect first')
    const resolved = this.#resolve(request)
    return this.#client.call(endpoint, isFields(resolved) ? resolved : {})
  }

  #url(server: ServerName): string {
    const cluster = server === 'second' ? '~b' : ''
    return `${this.#context.servers[server]}${this.#scope}${cluster}`
  }

  #resolve(value: unknown): unknown {
    return resolve(value, this.#saved)
  }
}

function tagged(tag: string | undefined): Fields {
  return tag === undefined ? {} : { job_tag: tag }
}
