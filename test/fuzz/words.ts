import fc from 'fast-check'
import { anyText } from '../support/avro-arbitrary.ts'
import { catalogueLines } from '../support/endpoint-catalogue.ts'

/** Results in a raw form: they reach the client as they are. */
export const RAW_TEXTS = ['no record', '{}', '\u0000'] as const

const DURATIONS = ['0', '1ms', '250ms', '1.5s', '2m', '1h', '10000000h', 0, 1, 250, 1e15] as const
const SHORT_TIMES = ['0', '1ms', '3ms', 0, 2] as const
const ENDPOINTS = [
  ...catalogueLines.map(({ endpoint }) => endpoint),
  ...['*', '/admin/*', '/alter/*', '/alter/table', '/get/job', '/create/job', '/has/table'],
] as const
const TEXTS = [
  ...[
    '',
    'a',
    'orders',
    '0',
    '-1',
    'true',
    'null',
    '{{request.table_name}}',
    '{{uuid}}',
    '{{now}}',
  ],
  ...['{{', '{{request.options.a}}', '__proto__', '\u0000', '\ud83d\ude00', 'a\nb', '\u001b[31m'],
  ...['/x/y', 'x'.repeat(300)],
] as const

/** Values that suit a key of the control API or of a fixture, by the name of the key. */
const BY_NAME: Readonly<Record<string, readonly (string | number)[]>> = {
  endpoint: ENDPOINTS,
  duration: DURATIONS,
  after: DURATIONS,
  delay: ['0', '1ms', '1h'],
  by: DURATIONS,
  poll_advance: DURATIONS,
  timeout: SHORT_TIMES,
  matches: ['a', '(?i)^ORDERS$', '.*', '(a+)+$', '[', '\\pL{1,20}', '(?<n>x)'],
  response_base64: RAW_TEXTS.map((text) => Buffer.from(text).toString('base64')),
  response_text: RAW_TEXTS,
  job: ['held', 'timed', 1, 2, 7, '9007199254740993', 'tag:held'],
  job_id: [1, 2, 7, 50, '9007199254740993', '9223372036854775807'],
  tag: ['held', 'timed', 'polled', 'new', 'other'],
  id: ['1', '2', '3', '4', 'tag:held', 'tag:timed', '9007199254740993', 'rule-1', 'rule-2', '0'],
  name: ['fuzz-a', 'fuzz-b', 'default', 'nosuch', 'A b', ''],
  status: ['RUNNING', 'DONE', 'ERROR', 'CANCELLED', '200', '400'],
  limit: ['0', '1', '100', '1000', '1001', '-1', 'x'],
  offset: ['0', '1', '99999999999'],
  after_id: ['0', '5'],
  fail: ['true', 'false', 'x'],
  checks: ['all', 'unmatched', 'unused_rules,unpolled', ''],
  now_ms: [0, 1, 1.7e12, 4.1e12, 8.64e15, 9e15],
}

/** Texts for keys with names of no meaning here. */
export const anyWord: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: anyText },
)

/** A value for a key; undefined if any text will do. */
export function findValues(name: string): fc.Arbitrary<string | number> | undefined {
  const values = BY_NAME[name]
  return values && fc.constantFrom(...values)
}
