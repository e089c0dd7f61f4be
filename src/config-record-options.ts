import { type Static, Type } from '@sinclair/typebox'
import { choice } from './documents/schema-kinds.ts'
import { heapShare } from './process/heap-share.ts'

/** What happens to a file that exists: its rules go, or stay, where both have one for the same; or it is an error. */
export const MERGE_MODES = ['fail', 'replace', 'keep'] as const

/** The options of `record` that `start` does not have, keyed by flag name. */
export const RecordOptions = Type.Object(
  {
    upstream: Type.String({
      pattern: '^https?://[^/?#@]+(/[^?#]*)?$',
      description: 'the URL of the database, such as http://kinetica:9191',
      expected: 'a URL such as http://kinetica:9191, without a user and a query',
    }),
    out: Type.String({
      default: 'recorded.yaml',
      pattern: '\\.ya?ml$',
      description: 'the fixture file to write, in YAML',
      expected: 'a file whose name ends in .yaml',
    }),
    merge: choice(MERGE_MODES, {
      default: 'fail',
      description:
        'if that file exists: fail, or add to it and let what was recorded replace its rules, or keep its rules',
    }),
    raw: Type.Boolean({
      default: false,
      description: 'keep the bytes of answers that the mock would write in another form',
      expected: 'true or false',
    }),
    'fail-on-drift': Type.Boolean({
      default: false,
      description: 'exit with 4 if the database knows something that the schemas lack',
      expected: 'true or false',
    }),
    'upstream-ca': Type.Optional(
      Type.String({
        minLength: 1,
        description: 'a PEM file with the certificates that sign that of the database',
        expected: 'the path of a file',
      }),
    ),
    'insecure-upstream': Type.Boolean({
      default: false,
      description: 'accept any certificate of the database',
      expected: 'true or false',
    }),
    'max-bytes': Type.Integer({
      default: heapShare(4),
      computed: 'a quarter of the heap limit',
      minimum: 0,
      description: 'the maximum bytes of what is recorded; beyond that, calls pass only',
      expected: 'a number of bytes',
    }),
  },
  { additionalProperties: false, expected: 'an object with options' },
)

/** The values of these options, checked. */
export type RecordOptions = Static<typeof RecordOptions>

/** The name of such an option: its flag without the dashes. */
export type RecordOptionName = keyof RecordOptions

/** The names of these options, in the order of `--help`. */
export const RECORD_OPTION_NAMES = Object.keys(RecordOptions.properties) as RecordOptionName[]
