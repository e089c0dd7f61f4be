import t from 'tap'
import type { Client, Command } from './client.ts'
import { prepareClient } from './prepare-client.ts'

function fakeClient(parts: Partial<Client>): Client {
  const base = { name: 'fake', title: 'a fake client', encodings: ['PLAIN'] }
  const version = node('console.log("1.2")')
  return { ...base, probe: node(''), install: [], version, run: node(''), ...parts }
}

function node(script: string): Command {
  return [process.execPath, '--eval', script]
}

t.test('prepareClient() returns the installed version', async (t) => {
  const client = fakeClient({ install: [node(''), node('console.log("done")')] })
  t.strictSame(await prepareClient(client), { client, version: '1.2' })
})

t.test('prepareClient() reports a missing toolchain', async (t) => {
  const client = fakeClient({ probe: ['no-such-program'] })
  t.match(await prepareClient(client), {
    client,
    missing: /^no-such-program: cannot start: .*ENOENT/,
  })
})

t.test('prepareClient() reports a client that cannot be installed', async (t) => {
  const client = fakeClient({ install: [node('console.error("gone"); process.exit(4)'), node('')] })
  t.match(await prepareClient(client), { client, missing: /: exit code 4\ngone$/ })
})
