import type { AvroRecord, AvroValue } from '../avro/avro-value.ts'
import type { Catalogue } from '../avro/catalogue.ts'
import type { RecordCodec } from '../avro/record-codec.ts'
import { fieldsOf } from '../documents/field-of.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../documents/json-value.ts'
import { writeJson } from '../documents/write-json.ts'
import { findEncoding } from '../wire/encoding.ts'
import { GpudbError } from '../wire/gpudb-error.ts'
import { parseJson } from '../wire/json-text.ts'
import { toAscii } from '../wire/json-writer.ts'
import { decodeMessage } from '../wire/message.ts'

const ENDPOINT = '/show/system/properties'

/** Whether a target is the endpoint whose answer is rewritten, below any base path. */
export function isPropertiesCall(target: string): boolean {
  const [path = ''] = target.split('?', 1)
  return path
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '')
    .endsWith(ENDPOINT)
}

/** An answer of `/show/system/properties`. */
export interface PropertiesAnswer {
  readonly contentType: string | undefined
  readonly body: Buffer
}

/** The answer for the client and the names of the properties that are different in it, or why it stays as it is. */
export type RewrittenProperties =
  | { readonly body: Buffer; readonly names: readonly string[] }
  | { readonly reason: string }

/**
 * Rewrites the properties by which clients find other addresses of the database: they would call
 * those, past the proxy.
 */
export class PropertiesRewriter {
  readonly #wrapper: RecordCodec
  readonly #response: RecordCodec

  constructor(catalogue: Catalogue) {
    this.#wrapper = catalogue.readWrapper()
    this.#response = catalogue.get(ENDPOINT).response
  }

  /** `hostUrl` is scheme and host name of the proxy, as the client called it. Never throws. */
  rewrite({ contentType, body }: PropertiesAnswer, hostUrl: string): RewrittenProperties {
    const encoding = findEncoding(contentType)
    try {
      if (encoding === 'json') return rewriteJson(body, hostUrl)
      if (encoding === 'binary') return this.#rewriteAvro(body, hostUrl)
      return { reason: `its type is ${contentType}` }
    } catch (error) {
      /* c8 ignore next -- not about the bytes: a bug of this code */
      if (!(error instanceof GpudbError)) throw error
      return { reason: error.message }
    }
  }

  #rewriteAvro(body: Buffer, hostUrl: string): RewrittenProperties {
    const wrapper = decodeAvro(this.#wrapper, body)
    const { status, data } = wrapper
    if (status !== 'OK' || !Buffer.isBuffer(data)) return { body, names: [] }
    const response = decodeAvro(this.#response, data)
    const { map, names } = rewriteMap(entriesOf(response['property_map']), hostUrl)
    if (names.length === 0) return { body, names }
    const changed = this.#response.encode({ ...response, property_map: map })
    return { body: this.#wrapper.encode({ ...wrapper, data: changed }), names }
  }
}

function decodeAvro(codec: RecordCodec, bytes: Buffer): AvroRecord {
  const maxBytes = bytes.length
  return decodeMessage(codec, { encoding: 'binary', bytes, name: 'the answer', maxBytes })
}

/** Fields that the catalogue does not know stay. */
function rewriteJson(body: Buffer, hostUrl: string): RewrittenProperties {
  const wrapper = readObject(parseJson(body, 'the answer'))
  if (wrapper['status'] !== 'OK') return { body, names: [] }
  const response = readObject(parseJson(String(wrapper['data_str']), 'data_str'))
  const properties = readObject(response['property_map'])
  const { map, names } = rewriteMap(Object.entries(properties), hostUrl)
  if (names.length === 0) return { body, names }
  const data_str = toText({ ...response, property_map: map })
  return { body: Buffer.from(toText({ ...wrapper, data_str })), names }
}

function readObject(value: JsonValue | undefined): JsonObject {
  if (isJsonObject(value)) return value
  throw new GpudbError('Cannot read the answer: it has no property_map')
}

/** JSON as clients read it: the Python client 7.2.3 decodes answers as Latin-1. */
function toText(value: JsonObject): string {
  return toAscii(writeJson(value))
}

function entriesOf(map: AvroValue | undefined): [string, string][] {
  return fieldsOf(map).map(([key, value]) => [key, String(value)])
}

/** The properties with the changes, and the names of those that have changed. */
function rewriteMap<Value extends JsonValue>(
  entries: readonly [string, Value][],
  hostUrl: string,
): { readonly map: Record<string, Value | string>; readonly names: readonly string[] } {
  const names: string[] = []
  const kept = entries.flatMap(([name, value]): [string, Value | string][] => {
    const change = CHANGES.find(({ form }) => form.test(name))
    if (change === undefined) return [[name, value]]
    const changed = change.to(hostUrl)
    if (changed !== value) names.push(name)
    return changed === undefined ? [] : [[name, changed]]
  })
  return { map: Object.fromEntries(kept), names }
}

/** Properties and their values for clients; undefined: the property is removed. */
const CHANGES: readonly {
  readonly form: RegExp
  readonly to: (hostUrl: string) => string | undefined
}[] = [
  { form: /^conf\.host\d+_public_urls$/, to: (hostUrl) => hostUrl },
  { form: /^conf\.ha_ring_head_nodes/, to: () => '' },
  { form: /^conf\.enable_ha$/, to: () => 'FALSE' },
  // With TRUE, Python 7.2.3.13 requires the URLs of the workers.
  { form: /^conf\.enable_worker_http_servers$/, to: () => 'FALSE' },
  { form: /^conf\.worker_http_server_/, to: () => undefined },
]
