import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isEndpointSchema, isRecordSchema } from './avro-schema.ts'
import { EndpointRecords } from './endpoint-records.ts'
import { RecordCodec } from './record-codec.ts'

/** The folder of the package's schemas. */
const SCHEMAS = fileURLToPath(new URL('../../schemas/', import.meta.url))

const WRAPPER_FILE = 'gpudb_response.avsc'

/**
 * Every endpoint of GPUdb and its records. `schemas/alter/table.json` holds those of
 * `/alter/table`; the folder is listed once, and a file is read on the first use of its endpoint.
 * A path from a request is only looked up in that list, never joined to a folder.
 */
export class Catalogue {
  readonly #folder: string
  readonly #files = new Map<string, { readonly endpoint: string; readonly file: string }>()
  readonly #endpoints: readonly string[]
  readonly #records = new Map<string, EndpointRecords>()

  constructor(folder: string = SCHEMAS) {
    this.#folder = folder
    for (const file of listFiles(folder, '')) {
      if (!file.endsWith('.json') || file.endsWith('.schema.json')) continue
      const endpoint = `/${file.slice(0, -'.json'.length)}`
      this.#files.set(endpoint, { endpoint, file })
    }
    this.#endpoints = [...this.#files.keys()].sort()
  }

  /** The paths of all endpoints, such as `/alter/table`, in alphabetical order. */
  get endpoints(): readonly string[] {
    return this.#endpoints
  }

  /** Whether `path` is an endpoint. */
  has(path: string): boolean {
    return this.#files.has(path)
  }

  /** The catalogue's own string of a path; undefined if the endpoint is unknown. */
  findPath(path: string): string | undefined {
    return this.#files.get(path)?.endpoint
  }

  /** The records of an endpoint; undefined if it is unknown. */
  find(endpoint: string): EndpointRecords | undefined {
    const known = this.#records.get(endpoint)
    if (known) return known
    const entry = this.#files.get(endpoint)
    if (entry === undefined) return undefined
    const records = readEndpoint(join(this.#folder, entry.file))
    this.#records.set(endpoint, records)
    return records
  }

  /** As find. Throws RangeError if the endpoint is unknown. */
  get(endpoint: string): EndpointRecords {
    const records = this.find(endpoint)
    if (records === undefined) throw new RangeError(`Cannot find the records of ${endpoint}`)
    return records
  }

  /** The `gpudb_response` record around every answer. */
  readWrapper(): RecordCodec {
    const path = join(this.#folder, WRAPPER_FILE)
    const schema = readJson(path)
    if (!isRecordSchema(schema)) throw new Error(`Cannot read ${path}: it is not an Avro record`)
    return new RecordCodec(schema)
  }
}

/** The paths of all files inside, such as `alter/table.json`. Node's `recursive` takes ten times as long. */
function* listFiles(folder: string, prefix: string): Generator<string> {
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    if (entry.isDirectory()) yield* listFiles(folder, `${prefix}${entry.name}/`)
    else yield prefix + entry.name
  }
}

function readEndpoint(path: string): EndpointRecords {
  const schema = readJson(path)
  if (!isEndpointSchema(schema)) {
    throw new Error(`Cannot read ${path}: it needs a request and a response, both records`)
  }
  return new EndpointRecords(schema)
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
