import fc from 'fast-check'
import type { AvroRecord, AvroValue } from '../../src/avro/avro-value.ts'
import { anyLayout, anyRecord } from '../support/avro-arbitrary.ts'
import { ENCODINGS, encodeRecord, MEDIA_TYPES } from '../support/encode-record.ts'
import { type CatalogueLine, catalogueLines } from '../support/endpoint-catalogue.ts'
import { type Input, inputOf } from './input.ts'
import { anyByteChanges, changeBytes } from './mutation.ts'

/** Endpoints with a behaviour of their own: they also reject records that are well formed. */
const OWN = /^\/(create\/job|get\/job|admin\/(alter|show)\/jobs|show\/system\/\w+)$/

/** The endpoints of tables and types, which reject what does not fit those that exist. */
const DATA = new RegExp(
  '^/((create|drop|show|has)/schema|(create|show|has|clear)/table|(create/type|show/types)' +
    '|(insert|delete)/records|get/records(/\\w+)?)$',
)

const ODD_TYPES = [
  ...[
    '',
    'text/plain',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'multipart/form-data',
  ],
  ...[
    'application/octet-stream; a=b',
    'application/avro',
    'null',
    'a/b/c',
    ';',
    'application/x-snappy,',
  ],
  ...['application/x-www-form-urlencoded'],
] as const

/** How a path reaches the endpoint: base paths, scopes, doubled slashes. */
const anyPrefix = fc.constantFrom('', '', '', '/gpudb-0', '/~wire', '/~wire/', '//', '/%7Ewire')

const anyOddMethod = fc.constantFrom('GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD')

/** What is unusual about a call; most calls have one of these at most. */
const anyOddity = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  { weight: 5, arbitrary: fc.record({ changes: anyByteChanges }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom(...ODD_TYPES) }) },
  { weight: 1, arbitrary: fc.record({ method: anyOddMethod }) },
  {
    weight: 1,
    arbitrary: fc.record({ suffix: fc.constantFrom('/', '?a=b', '/x', '%', '/..', '#') }),
  },
)

const anyChunks = fc.option(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }), {
  nil: undefined,
  freq: 8,
})

/** A call of any endpoint in any encoding, valid or not. */
export const anyCall: fc.Arbitrary<Input> = fc
  .nat(catalogueLines.length - 1)
  .chain((index) => callsOf(index))

const calls = new Map<number, fc.Arbitrary<Input>>()

/** The calls of one endpoint; each is built on first use. */
function callsOf(index: number): fc.Arbitrary<Input> {
  const known = calls.get(index)
  const line = catalogueLines[index]
  if (known !== undefined || line === undefined) return known ?? fc.constant(NOTHING)
  const made = fc
    .record({
      record: anyRecord(line.request.fields),
      encoding: fc.constantFrom(...ENCODINGS),
      layout: anyLayout,
      oddity: anyOddity,
      prefix: anyPrefix,
      chunkSizes: anyChunks,
    })
    .map((parts) => callOf(line, parts))
  calls.set(index, made)
  return made
}

const NOTHING = inputOf({ method: 'GET', path: '/' }, { kind: 'call' })

interface CallParts {
  readonly record: AvroRecord
  readonly encoding: (typeof ENCODINGS)[number]
  readonly layout: { readonly itemsPerBlock: number; readonly sized: boolean }
  readonly oddity: {
    readonly changes?: Parameters<typeof changeBytes>[1]
    readonly type?: string
    readonly method?: string
    readonly suffix?: string
  }
  readonly prefix: string
  readonly chunkSizes: readonly number[] | undefined
}

function callOf({ endpoint, request }: CatalogueLine, parts: CallParts): Input {
  const { encoding, oddity, prefix, chunkSizes } = parts
  const { changes, type = MEDIA_TYPES[encoding], method = 'POST', suffix = '' } = oddity
  const plain = encodeRecord(request.fields, parts)
  const body = changes ? changeBytes(plain, changes) : plain
  const isWhole = encoding !== 'json' || hasJsonForm(parts.record)
  const isPlain =
    isWhole && Object.keys(oddity).length === 0 && ![OWN, DATA].some((one) => one.test(endpoint))
  const isEndpoint = /^[/]?$|^\?/.test(suffix)
  return inputOf(
    {
      method,
      path: `${prefix}${prefix.endsWith('/') ? endpoint.slice(1) : endpoint}${suffix}`,
      headers: { 'content-type': type },
      body,
      ...(chunkSizes ? { chunkSizes } : {}),
    },
    {
      kind: 'call',
      ...(isEndpoint ? { endpoint } : {}),
      ...(isPlain ? { valid: encoding } : {}),
    },
  )
}

/** JSON has no infinity and no NaN: clients send null, which is no value. */
function hasJsonForm(value: AvroValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return true
  return Object.values(value).every(hasJsonForm)
}
