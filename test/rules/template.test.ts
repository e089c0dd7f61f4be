import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
  renderResult,
  renderText,
  type TemplateSources,
  templateExpressions,
} from '../../src/rules/template.ts'

function sourcesOf(parts: Partial<TemplateSources> = {}): TemplateSources {
  let uuids = 0
  let count = 0n
  return {
    request: {
      table_name: 'orders',
      limit: -9999n,
      ratio: 1.5,
      keep: true,
      options: { ttl: '5', 'a.b': 'c', __proto__: null },
      names: ['x', 'y'],
      data: [Buffer.from([0, 255])],
      none: null,
      trick: '{{uuid}}',
    },
    nowMs: 1_700_000_000_000,
    newUuid: () => `uuid-${++uuids}`,
    nextSequence: () => ++count,
    ...parts,
  }
}

const JOB = { id: 9007199254740993n, tag: 'nightly' }

const CASES = [
  { text: '', filled: '' },
  { text: 'plain { } }} {{', filled: 'plain { } }} {{' },
  { text: '{{request.table_name}}', filled: 'orders' },
  { text: '<{{ request.table_name }}>', filled: '<orders>' },
  { text: '{{request.limit}} {{request.ratio}} {{request.keep}}', filled: '-9999 1.5 true' },
  { text: '{{request.options.ttl}}', filled: '5' },
  { text: '{{request.names.1}}{{request.names.0}}', filled: 'yx' },
  { text: '[{{request.names.2}}{{request.names.x}}{{request.names}}]', filled: '[]' },
  { text: '{{request.data.0}}', filled: 'AP8=' },
  { text: '[{{request.none}}{{request.nope}}{{request.nope.deeper}}{{request}}]', filled: '[]' },
  { text: '[{{request.table_name.length}}{{request.options.toString}}]', filled: '[]' },
  { text: '[{{request.__proto__}}{{request.constructor.name}}]', filled: '[]' },
  { text: '{{request.trick}}', filled: '{{uuid}}' },
  { text: '{{job.id}} {{job.tag}}', filled: '9007199254740993 nightly' },
  { text: '{{now}}', filled: '1700000000000' },
  { text: '{{uuid}} {{uuid}}', filled: 'uuid-1 uuid-2' },
  { text: '{{sequence}} {{sequence}}', filled: '1 2' },
  { text: '[{{nope}}{{}}{{job}}{{job.state}}{{1+1}}{{process.exit()}}]', filled: '[]' },
  { text: '{{{request.table_name}}}', filled: '{orders}' },
]

for (const { text, filled } of CASES) {
  t.test(`renderText() fills ${JSON.stringify(text)}`, async (t) => {
    t.equal(renderText(text, sourcesOf({ job: JOB })), filled)
  })
}

t.test('renderText() replaces job.id and job.tag of a direct call by nothing', async (t) => {
  t.equal(renderText('[{{job.id}}{{job.tag}}]', sourcesOf()), '[]')
})

t.test(
  'renderResult() fills every string in the fields and leaves a raw payload unchanged',
  async (t) => {
    const fields = {
      a: '{{request.table_name}}',
      list: ['{{sequence}}', { deep: ['{{sequence}}'] }],
      map: { '{{now}}': '{{now}}' },
      bytes: Buffer.from('{{now}}'),
      others: [1, 2n, true, null],
    }
    t.strictSame(renderResult({ kind: 'fields', fields }, sourcesOf()), {
      kind: 'fields',
      fields: {
        a: 'orders',
        list: ['1', { deep: ['2'] }],
        map: { '{{now}}': '1700000000000' },
        bytes: Buffer.from('{{now}}'),
        others: [1, 2n, true, null],
      },
    })
    const raw = { kind: 'raw', payload: '{{now}}' } as const
    t.equal(renderResult(raw, sourcesOf()), raw)
  },
)

t.test('templateExpressions() finds every expression', async (t) => {
  t.strictSame(templateExpressions('a {{ now }} b {{request.x}}{{}} {{ {{ c }}'), [
    'now',
    'request.x',
    '',
    'c',
  ])
  t.strictSame(templateExpressions('none { now }'), [])
})

const piece = fc.oneof(
  fc.constantFrom('{{', '}}', '{', '}', 'request', '.', 'job.id', 'now', 'uuid', ' ', '__proto__'),
  fc.constantFrom('request.names.', 'request.options.', '$&', '$1', 'length', '-1', '1e3'),
  fc.string({ maxLength: 4 }),
)

t.test('renderText() never throws', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        assert.equal(typeof renderText(pieces.join(''), sourcesOf({ job: JOB })), 'string')
      }),
      { numRuns: 2000 },
    ),
  )
})

t.test('renderText() leaves a string without templates unchanged', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = text.replaceAll('{{', '{')
        assert.equal(renderText(plain, sourcesOf()), plain)
      }),
    ),
  )
})

t.test('renderText() inserts any value of the request unchanged', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const sources = sourcesOf({ request: { text } })
        assert.equal(renderText('<{{request.text}}>', sources), `<${text}>`)
      }),
    ),
  )
})
