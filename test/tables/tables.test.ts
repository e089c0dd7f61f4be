import t from 'tap'
import type { Column } from '../../src/jobs/result.ts'
import { recordType } from '../../src/tables/record-type.ts'
import { sourceOf } from '../../src/tables/row-source.ts'
import { packRecords, type StoredRow } from '../../src/tables/stored-row.ts'
import { Table, type TableSeed } from '../../src/tables/table.ts'
import { TableBudget } from '../../src/tables/table-budget.ts'
import { MAX_SCOPE_ROWS, MAX_TABLE_ROWS, MAX_TABLES, TableSet } from '../../src/tables/table-set.ts'

const COLUMNS: readonly Column[] = [{ name: 'id', type: 'int', item: 'int', nullable: false }]

const TYPE = recordType(COLUMNS)

function seedOf(name: string, rows: readonly StoredRow[] = [[1], [2]]): TableSeed {
  return { name, type: TYPE, rows }
}

function rowsOf(table: Table): readonly StoredRow[] {
  return table.slice(0, table.count)
}

t.test('a table returns its rows in order, those it started with first', async (t) => {
  const table = new Table(seedOf('sales.orders'), 0)
  table.add([[3], '{"id":4}'])
  table.add([Buffer.from([10])])
  t.equal(table.count, 5)
  t.equal(table.schemaName, 'sales')
  t.equal(new Table(seedOf('orders'), 0).schemaName, '')
  t.strictSame(table.columns, COLUMNS)
  const all = [[1], [2], [3], '{"id":4}', Buffer.from([10])]
  for (let from = 0; from <= 5; from += 1) {
    for (let to = from; to <= 6; to += 1) {
      t.strictSame(table.slice(from, to), all.slice(from, to), `${from} to ${to}`)
    }
  }
  table.clear()
  t.strictSame([table.count, rowsOf(table)], [0, []])
})

t.test('scopes share the rows of a seed, and nothing that one of them changes', async (t) => {
  const seeds = [seedOf('a'), seedOf('b')]
  const [one, two] = [new TableSet(seeds), new TableSet(seeds)]
  t.equal(one.get('a').sharedRows, two.get('a').sharedRows)
  one.insert(one.get('a'), [[3]])
  t.equal(one.deleteRows(one.get('b')), 2)
  one.remove('b')
  t.strictSame(rowsOf(one.get('a')), [[1], [2], [3]])
  t.strictSame([rowsOf(two.get('a')), two.size, two.rows], [[[1], [2]], 2, 4])
  t.strictSame([one.size, one.rows], [1, 3])
  t.strictSame(
    seeds.map(({ rows }) => rows.length),
    [2, 2],
  )
})

t.test('get() and remove() reject an unknown table', async (t) => {
  const tables = new TableSet()
  const code = 'TABLE_NOT_FOUND'
  const message = 'Cannot find the table x: no table has this name'
  t.throws(() => tables.get('x'), { name: 'TableError', code, message })
  t.throws(() => tables.remove('x'), { code })
  t.equal(tables.find('x'), undefined)
})

t.test('addAll() adds all tables or none', async (t) => {
  const tables = new TableSet([seedOf('a')])
  const code = 'TABLE_EXISTS'
  const message = 'Cannot create the table a: a table has this name'
  t.throws(() => tables.addAll([seedOf('b'), seedOf('a')]), { code, message })
  t.throws(() => tables.addAll([seedOf('c'), seedOf('c')]), { code })
  t.strictSame(
    tables.list().map(({ name }) => name),
    ['a'],
  )
  t.equal(tables.add(seedOf('b')).name, 'b')
})

t.test('a set has at most so many tables, schemas and rows', async (t) => {
  const many = Array.from({ length: MAX_TABLES }, (_, index) => seedOf(`t${index}`, []))
  const tables = new TableSet(many)
  t.throws(() => tables.add(seedOf('more')), {
    code: 'TOO_MANY_TABLES',
    message: 'Cannot create a table: there are 10000 of at most 10000 tables',
  })
  for (let index = 0; index < MAX_TABLES; index += 1) tables.addSchema(`s${index}`)
  t.throws(() => tables.addSchema('more'), {
    code: 'TOO_MANY_TABLES',
    message: 'Cannot create the schema more: the maximum is 10000',
  })
  const full: readonly StoredRow[] = Array.from({ length: MAX_TABLE_ROWS }, () => [1])
  const rows = new TableSet([seedOf('t0', full)])
  const code = 'TOO_MANY_ROWS'
  t.throws(() => rows.insert(rows.get('t0'), [[1]]), {
    code,
    message: 'Cannot keep 1000001 rows in the table t0: the maximum is 1000000',
  })
  t.throws(() => rows.add(seedOf('t1', [...full, [1]])), { code })
  for (let index = 1; rows.rows < MAX_SCOPE_ROWS; index += 1) rows.add(seedOf(`t${index}`, full))
  rows.add(seedOf('empty', []))
  t.throws(() => rows.insert(rows.get('empty'), [[1]]), {
    code,
    message: 'Cannot take 1 more rows: the tables of the scope have 5000000 of at most 5000000',
  })
  t.equal(rows.get('empty').count, 0)
})

t.test('a budget counts the rows of a seed once, and is empty when all are gone', async (t) => {
  const budget = new TableBudget(1_000_000)
  const seeds = [
    seedOf(
      'a',
      Array.from({ length: 1000 }, (_, index) => [`row ${index}`]),
    ),
  ]
  const one = new TableSet(seeds, { budget })
  const first = budget.usedBytes
  const two = new TableSet(seeds, { budget })
  const second = budget.usedBytes - first
  t.ok(first > 50_000 && second < 3000, `${first} and then ${second} bytes`)
  two.insert(two.get('a'), ['{"id":1}', Buffer.alloc(500)])
  t.ok(budget.usedBytes - first - second > 500)
  two.deleteRows(two.get('a'))
  t.equal(budget.usedBytes, first + second)
  one.clear()
  const type = budget.usedBytes - second
  t.ok(type > 0 && type < 3000, `the type of both: ${type} bytes`)
  two.insert(two.get('a'), [[1]])
  two.clear()
  t.equal(budget.usedBytes, 0)
  const again = new TableSet(seeds, { budget })
  t.equal(budget.usedBytes, first)
  again.clear()
})

t.test('over the budget, nothing is added', async (t) => {
  const budget = new TableBudget(6000)
  const tables = new TableSet([seedOf('a')], { budget })
  const used = budget.usedBytes
  const large = Array.from({ length: 100 }, () => Buffer.alloc(100))
  const message = new RegExp(
    `^Cannot take \\d+ bytes for tables: the tables and types of all scopes have ${used} of at most 6000 ` +
      'bytes, raise max-table-bytes$',
  )
  const code = 'TOO_MANY_TABLE_BYTES'
  t.throws(() => tables.insert(tables.get('a'), large), { code, message })
  t.throws(() => tables.addAll([seedOf('b'), seedOf('c', large)]), { code, message })
  t.strictSame([tables.size, tables.rows, budget.usedBytes], [1, 2, used])
})

t.test('names, types and schemas count, whatever a client writes into them', async (t) => {
  const budget = new TableBudget(50_000)
  const tables = new TableSet([], { budget })
  const text = 'x'.repeat(20_000)
  const grows = (name: string, change: () => void) => {
    const before = budget.usedBytes
    change()
    t.ok(budget.usedBytes - before > 20_000, name)
    tables.clear()
    t.equal(budget.usedBytes, before, `${name}: all is gone`)
  }
  grows('the name of a table', () => tables.add(seedOf(text)))
  grows('a label', () => tables.add({ ...seedOf('a'), type: { ...TYPE, label: text } }))
  const properties = { id: ['data', text] }
  grows('properties', () => tables.add({ ...seedOf('a'), type: { ...TYPE, properties } }))
  grows('a schema', () => tables.addSchema(text))
  tables.addSchema(`${text}1`)
  tables.addSchema(`${text}2`)
  t.throws(() => tables.addSchema(`${text}3`), { code: 'TOO_MANY_TABLE_BYTES' })
  t.equal(tables.hasSchema(`${text}3`), false)
  tables.removeSchema(`${text}1`)
  tables.removeSchema('never created')
  tables.addSchema(`${text}3`)
  tables.clear()
  t.equal(budget.usedBytes, 0)
})

t.test('a set knows the schemas of its tables, and those that were created', async (t) => {
  const tables = new TableSet([seedOf('sales.orders'), seedOf('sales.stock'), seedOf('other')])
  tables.addSchema('empty')
  t.strictSame(tables.schemaNames(), ['empty', 'sales'])
  const known = ['empty', 'sales', '', 'other'].map((name) => tables.hasSchema(name))
  t.strictSame(known, [true, true, false, false])
  tables.removeSchema('sales')
  t.strictSame(
    tables.list().map(({ name }) => name),
    ['other'],
  )
  tables.clear()
  t.strictSame(tables.schemaNames(), [])
})

t.test('ids of inserted records differ', async (t) => {
  const tables = new TableSet()
  const ids = [...tables.nextRecordIds(2), ...tables.nextRecordIds(1)]
  t.strictSame(
    ids.map((id) => id.replace(/^0+/, '')),
    ['1', '2', '3'],
  )
  t.equal(ids[0]?.length, 32)
})

t.test('packRecords() copies records into one block', async (t) => {
  const records = [Buffer.from('ab'), Buffer.alloc(0), Buffer.from('c')]
  const packed = packRecords(records)
  t.strictSame(packed, records)
  t.equal(packed[0]?.buffer, packed[2]?.buffer)
  records[0]?.fill(0)
  t.equal(packed[0]?.toString(), 'ab')
  t.strictSame(packRecords([]), [])
})

t.test('the rows of a fixture are a source whose type is made when it is needed', async (t) => {
  const rows = [[1], [2]]
  const source = sourceOf({ columns: COLUMNS, rows, hasTemplates: false })
  t.strictSame([source.count, source.slice(1, 2), source.type], [2, [[2]], TYPE])
})
