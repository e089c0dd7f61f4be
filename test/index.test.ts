import t from 'tap'
import { FixtureError, startServer } from '../src/index.ts'

t.test('the package exports what starts a server', async (t) => {
  t.type(startServer, 'function')
  t.equal(new FixtureError([]).code, 'BAD_FIXTURES')
})
