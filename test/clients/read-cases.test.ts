import t from 'tap'
import { readCases } from './read-cases.ts'

function read(cases: unknown) {
  return readCases(`${t.testdir({ 'cases.json': JSON.stringify(cases) })}/cases.json`)
}

t.test('readCases() returns one case for each element of `each`', async (t) => {
  const steps = [{ do: 'call', endpoint: '/show/$what', request: { names: ['$what', '$job', 7] } }]
  const each = [{ what: 'table' }, { what: 'schema' }]
  t.strictSame(read([{ id: 'shows-$what', title: 'shows a $what', each, steps }]), [
    {
      id: 'shows-table',
      title: 'shows a table',
      steps: [{ do: 'call', endpoint: '/show/table', request: { names: ['table', '$job', 7] } }],
    },
    {
      id: 'shows-schema',
      title: 'shows a schema',
      steps: [{ do: 'call', endpoint: '/show/schema', request: { names: ['schema', '$job', 7] } }],
    },
  ])
})

t.test('readCases() rejects an invalid case', async (t) => {
  const steps = [{ do: 'connect' }]
  t.throws(() => read([{ id: 'a', title: 'a', steps: [{ do: 'dance' }] }]))
  t.throws(() => read([{ id: 'a', title: 'a', steps: [{ do: 'connect', sever: 'open' }] }]))
  t.throws(() => read([{ id: 'A b', title: 'a', steps }]))
  t.throws(() => read([{ id: 'a-$b', title: 'a', steps, each: [{ b: 'C d' }] }]))
})

t.test('readCases() rejects two cases with the same id', async (t) => {
  const one = { id: 'a', title: 'a', steps: [{ do: 'connect' }] }
  t.throws(() => read([one, one]), /two cases have the id a$/)
})

t.test('readCases() reads the cases for the clients', async (t) => {
  t.ok(readCases('test/clients/cases.json').length >= 50)
})
