import fc from 'fast-check'
import t from 'tap'
import type { JsonValue } from '../../src/documents/json-value.ts'
import { describePath, MAX_PROBLEMS, problemsOf } from '../../src/documents/reading.ts'
import { CellError, readFilledCells } from '../../src/tables/fill-cells.ts'
import { END_OF_SET, MAX_PAGE_ROWS, type Page, pageOf } from '../../src/tables/page.ts'
import { type ColumnText, readColumns } from '../../src/tables/read-columns.ts'
import { MAX_ROWS, readRows } from '../../src/tables/read-rows.ts'
import { recordType, toRecord, typeId } from '../../src/tables/record-type.ts'
import { rowsFormOf } from '../../src/tables/row-endpoints.ts'
import { TableBudget } from '../../src/tables/table-budget.ts'
import { TypeTable } from '../../src/tables/type-table.ts'
import { valueIn } from '../support/readings.ts'

function columnsOf(...texts: readonly ColumnText[]) {
  return valueIn(readColumns(texts))
}

const COLUMNS = columnsOf('id int', 'note char16?', 'total decimal(18,4)')

function rowsOf(...texts: readonly JsonValue[]) {
  return valueIn(readRows(texts, COLUMNS, { templates: 'filled' }))
}

/** The problems as they are shown, within `rows`. */
function problemsIn(texts: readonly JsonValue[], columns = COLUMNS): string[] {
  const problems = problemsOf(readRows(texts, columns, { templates: 'filled' }))
  return problems.map(({ path, message }) => `${describePath(['rows', ...path])}: ${message}`)
}

t.test('readRows() reads lists, and objects in any order of their keys', async (t) => {
  const { rows, hasTemplates, columns } = rowsOf(
    [1, 'a', '12.3400'],
    { total: '0', id: 2, note: null },
    { total: '1', id: 3 },
  )
  t.strictSame(rows, [
    [1, 'a', '12.3400'],
    [2, null, '0'],
    [3, null, '1'],
  ])
  t.equal(hasTemplates, false)
  t.equal(columns, COLUMNS)
})

t.test('readRows() reads a key that every object has as any other', async (t) => {
  const columns = columnsOf('constructor int', '__proto__ int?')
  const texts = [{ constructor: 1, ['__proto__']: 2 }, { constructor: 3 }]
  const set = valueIn(readRows(texts, columns, { templates: 'kept' }))
  t.strictSame(set.rows, [
    [1, 2],
    [3, null],
  ])
})

t.test('readRows() names the cell of a mistake', async (t) => {
  t.strictSame(problemsIn([[1, 'a', '0']]), [])
  t.strictSame(
    problemsIn(
      [
        [1, null],
        [null, 300],
      ],
      columnsOf('note char16', 'id int8?'),
    ),
    [
      'rows[0][0]: expected a string, got 1',
      'rows[1][0]: note is not nullable (write "note char16?")',
      'rows[1][1]: expected an integer from -128 to 127, got 300',
    ],
  )
  t.strictSame(
    problemsIn([
      { id: 'x', total: '0', nots: 'a' },
      { note: 'a', total: '0' },
    ]),
    [
      'rows[0].nots: there is no such column (did you mean note?)',
      'rows[0].id: expected an integer from -2147483648 to 2147483647, got "x"',
      'rows[1]: the column id is missing',
    ],
  )
})

t.test('readRows() rejects a row with another number of cells', async (t) => {
  t.strictSame(problemsIn([[1, 'a'], [], 7, null]), [
    'rows[0]: expected 3 cells (id, note, total), got 2',
    'rows[1]: expected 3 cells (id, note, total), got 0',
    'rows[2]: expected a list of cells or an object, got 7',
    'rows[3]: expected a list of cells or an object, got null',
  ])
  t.strictSame(problemsIn([[]], columnsOf('id int')), ['rows[0]: expected 1 cell (id), got 0'])
})

t.test('readRows() takes objects only if all columns have different names', async (t) => {
  const columns = columnsOf('id int', 'id long')
  t.strictSame(problemsIn([{ id: 1 }, [1, 2]], columns), [
    'rows[0]: two columns have one name: write the row as a list',
  ])
})

t.test('readRows() stops after a hundred problems, and at a million rows', async (t) => {
  t.equal(problemsIn(Array.from({ length: 500 }, () => [])).length, MAX_PROBLEMS)
  const wide = columnsOf(...Array.from({ length: 500 }, (_, index) => `c${index} int`))
  t.equal(problemsIn([wide.map(() => 'x')], wide).length, MAX_PROBLEMS)
  const many = Array.from({ length: MAX_ROWS + 1 }, () => null)
  t.strictSame(problemsIn(many), ['rows: there are 1000001 rows, the maximum is 1000000'])
})

t.test('readRows() reads templates in any column, if they are filled later', async (t) => {
  const row = ['{{sequence}}', 'for {{job.tag}}', '{{request.limit}}']
  const set = rowsOf(row)
  t.strictSame(set.rows, [row])
  t.equal(set.hasTemplates, true)
  const columns = columnsOf('a int', 'b string')
  const kept = readRows([['{{now}}', '{{now}}']], columns, { templates: 'kept' })
  t.match(problemsOf(kept), [{ path: [0, 0], message: /got "\{\{now\}\}"$/ }])
  t.equal(problemsOf(kept).length, 1)
})

t.test('readFilledCells() reads texts as their columns want', async (t) => {
  const columns = columnsOf('a long', 'b double', 'c timestamp?', 'd string', 'e bytes')
  const bytes = Buffer.from('00ff10', 'hex')
  const set = {
    columns,
    rows: [
      ['9007199254740993', '1.5', '1700000000000', '7', 'AP8Q'],
      [1n, Number.NaN, null, '', bytes],
    ],
    hasTemplates: true,
  }
  t.strictSame(readFilledCells(set), {
    columns,
    rows: [
      [9_007_199_254_740_993n, 1.5, 1_700_000_000_000n, '7', bytes],
      [1n, Number.NaN, null, '', bytes],
    ],
    hasTemplates: false,
  })
  const plain = { ...set, hasTemplates: false }
  t.equal(readFilledCells(plain), plain, 'rows without templates are as they were read')
})

t.test('readFilledCells() names the first cell that is invalid', async (t) => {
  const columns = columnsOf('a string', 'b long')
  const set = { columns, rows: [['x', 'not a number']], hasTemplates: true }
  t.throws(
    () => readFilledCells(set),
    new CellError('rows[0][1]', 'expected an integer of 64 bits, got "not a number"'),
  )
})

/** The pages that a client asks for one after another, until there are no more. */
function pagesOf(total: number, limit: bigint): Page[] {
  const pages = [pageOf(total, { offset: 0n, limit })]
  for (let last = pages.at(-1); last?.hasMore; last = pages.at(-1)) {
    if (last.from === last.to) throw new Error('a page is empty, and there are more')
    pages.push(pageOf(total, { offset: BigInt(last.to), limit }))
  }
  return pages
}

t.test('pageOf() returns every row once, page by page', async (t) => {
  const limits = fc.oneof(fc.constant(END_OF_SET), fc.bigInt(1n, 30_000n))
  const property = fc.property(fc.nat(50_000), limits, (total, limit) => {
    const most = limit < 0n ? MAX_PAGE_ROWS : Math.min(Number(limit), MAX_PAGE_ROWS)
    let next = 0
    for (const { from, to } of pagesOf(total, limit)) {
      if (from !== next || to - from !== Math.min(most, total - from)) return false
      next = to
    }
    return next === total
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('pageOf() stays inside the set for any offset and limit', async (t) => {
  const long = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)
  const property = fc.property(fc.nat(50_000), long, long, (total, offset, limit) => {
    const { from, to, hasMore } = pageOf(total, { offset, limit })
    return 0 <= from && from <= to && to <= total && hasMore === to < total
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('pageOf() returns the rows that a request asks for', async (t) => {
  const cases = [
    { offset: 0n, limit: 10n, page: { from: 0, to: 10, hasMore: true } },
    { offset: 20n, limit: 10n, page: { from: 20, to: 25, hasMore: false } },
    { offset: 25n, limit: 10n, page: { from: 25, to: 25, hasMore: false } },
    { offset: 99n, limit: -9999n, page: { from: 25, to: 25, hasMore: false } },
    { offset: 0n, limit: 0n, page: { from: 0, to: 0, hasMore: true } },
    { offset: -5n, limit: -1n, page: { from: 0, to: 25, hasMore: false } },
  ]
  for (const { page, ...asked } of cases)
    t.strictSame(pageOf(25, asked), page, String(asked.offset))
  t.strictSame(pageOf(50_000, { offset: 0n, limit: 50_000n }), {
    from: 0,
    to: 20_000,
    hasMore: true,
  })
})

t.test('recordType() names a type by its columns', async (t) => {
  const type = recordType(COLUMNS)
  t.equal(
    type.schemaText,
    '{"type":"record","name":"type_name","fields":[{"name":"id","type":"int"},' +
      '{"name":"note","type":["string","null"]},{"name":"total","type":"string"}]}',
  )
  t.strictSame(type.properties, {
    id: ['data'],
    note: ['data', 'nullable', 'char16'],
    total: ['data', 'decimal(18,4)'],
  })
  t.match(type.id, /^\d{1,19}$/)
  t.equal(recordType(COLUMNS), type)
  t.equal(recordType(columnsOf('id int', 'note char16?', 'total decimal(18,4)')).id, type.id)
  t.not(recordType(columnsOf('id int', 'note char32?', 'total decimal(18,4)')).id, type.id)
  const record = toRecord(COLUMNS, [1, null, '0.5'])
  t.strictSame(record, { id: 1, note: null, total: '0.5' })
  t.equal(type.codec.encode(record).toString('hex'), '020206302e35')
})

t.test('TypeTable keeps the types that were named last', async (t) => {
  const types = new TypeTable()
  const labelled = (label: string) => ({
    ...recordType(COLUMNS),
    id: typeId({ schemaText: '', properties: {}, label }),
  })
  const all = Array.from({ length: 1001 }, (_, index) => labelled(String(index)))
  const [first, second, ...others] = all
  for (const type of all.slice(0, 1000)) types.keep(type)
  if (first) types.keep(first)
  for (const type of others.slice(-1)) types.keep(type)
  t.equal(types.find(String(first?.id)), first)
  t.equal(types.find(String(second?.id)), undefined)
  t.equal(types.find(String(others.at(-1)?.id)), others.at(-1))
})

t.test('a TypeTable forgets types until others fit the budget of all scopes', async (t) => {
  const budget = new TableBudget(50_000)
  const types = new TypeTable(budget)
  const large = (id: string, size = 15_000) => {
    return { ...recordType(COLUMNS), id, label: 'x'.repeat(size) }
  }
  const [first, second, third] = [large('1'), large('2'), large('3')]
  types.add(first)
  types.add(second)
  types.add(first)
  t.ok(budget.usedBytes > 30_000 && budget.usedBytes < 45_000)
  types.add(third)
  t.strictSame(types.list(), [first, third])
  types.add({ ...third })
  t.equal(types.find('3'), third)
  const other = new TypeTable(budget)
  const code = 'TOO_MANY_TABLE_BYTES'
  t.throws(() => other.add(large('4')), { code, message: /, raise max-table-bytes$/ })
  t.strictSame(other.list(), [])
  other.add(first)
  const used = budget.usedBytes
  other.keep(large('5'))
  t.ok(budget.usedBytes > used, 'a type of a result is kept in any case')
  for (const table of [types, other]) table.clear()
  t.strictSame([types.list(), other.list(), budget.usedBytes], [[], [], 0])
})

t.test('rowsFormOf() knows the endpoints that return rows', async (t) => {
  t.equal(rowsFormOf('/execute/sql'), 'columns')
  t.equal(rowsFormOf('/get/records/fromcollection'), 'collection')
  t.equal(rowsFormOf('/alter/table'), undefined)
  t.equal(rowsFormOf('toString'), undefined)
})
