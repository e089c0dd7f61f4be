import t, { type Test } from 'tap'
import { sendHttp } from '../support/http.ts'
import { runProgram } from '../support/program.ts'

/** A mock in a process of its own; what it does, the commands show. */
async function startMock(t: Test): Promise<{ readonly url: string; post(): Promise<unknown> }> {
  const argv = ['--host', '127.0.0.1', '--port', '0', '--clock', 'frozen']
  const url = await runProgram(t, { argv, cwd: t.testdir({}) }).listening()
  const call = { method: 'POST', path: '/has/table', body: '{"table_name":"orders"}' }
  return { url, post: () => sendHttp(Number(new URL(url).port), call) }
}

t.test('mock-gpudb status exits with 0, or with 1 if nothing answers', async (t) => {
  const { url } = await startMock(t)
  const cwd = t.testdir({})
  const found = await runProgram(t, { argv: ['status', url], cwd }).ended()
  t.match(found, { code: 0, out: `at ${url}, scope default\n`, err: '' })
  const lost = await runProgram(t, { argv: ['status', '127.0.0.1:1'], cwd }).ended()
  const err = 'http://127.0.0.1:1 does not answer: connect ECONNREFUSED 127.0.0.1:1\n'
  t.strictSame(lost, { code: 1, signal: null, out: '', err })
})

t.test('mock-gpudb requests has colours on a terminal only, and not with NO_COLOR', async (t) => {
  const { url, post } = await startMock(t)
  await post()
  const cwd = t.testdir({})
  const argv = ['requests', url]
  const shell = 'script -qec "$*" /dev/null'
  const onTerminal = await runProgram(t, { argv, cwd, shell }).ended()
  t.match(onTerminal.out, '\u001b[33munmatched: no rule\u001b[39m')
  const uncoloured = { argv, cwd, shell, env: { NO_COLOR: '1' } }
  const escapes = /\p{Cc}\[\d/u
  t.notMatch((await runProgram(t, uncoloured).ended()).out, escapes)
  const piped = await runProgram(t, { argv, cwd }).ended()
  t.match(piped, { code: 0, out: 'unmatched: no rule\n' })
  t.notMatch(piped.out, escapes)
})

t.test('mock-gpudb requests --follow ends with its reader', async (t) => {
  const { url, post } = await startMock(t)
  const shell = '{ "$@"; echo "code $?" >&2; } | head -n 1'
  const argv = ['requests', url, '--follow']
  const piped = runProgram(t, { argv, cwd: t.testdir({}), shell })
  await piped.prints(/ANSWER\n/)
  // The reader leaves some time after its line.
  while (piped.texts.err === '') await post()
  const { out, err } = await piped.ended()
  t.match(out, /^ +ID .*ANSWER\n$/)
  t.equal(err, 'code 0\n')
})

t.test('SIGINT ends --follow and --watch, which restores the terminal', async (t) => {
  const { url, post } = await startMock(t)
  const cwd = t.testdir({})
  const following = runProgram(t, { argv: ['requests', url, '--follow', '--json'], cwd })
  // The shell of a terminal forwards what is typed: here Ctrl-C, as soon as there is a screen.
  const typed = '{ while [ ! -e stop ]; do sleep 0.1; done; printf "\\003"; } | '
  const shell = `${typed}script -qec "exec $*" /dev/null`
  const watching = runProgram(t, { argv: ['status', url, '--watch'], cwd, shell })
  await watching.prints(/SCOPE/)
  while (following.texts.out === '') await post()
  await watching.prints(/ANSWER/)
  following.child.kill('SIGINT')
  t.match(await following.ended(), { code: 0, signal: null, err: '' })
  await runProgram(t, { argv: ['version'], cwd, shell: 'touch stop' }).ended()
  const { out, code } = await watching.ended()
  t.equal(code, 0)
  t.ok(out.startsWith('\u001b[?1049h'))
  t.match(out, /\p{Cc}\[\?1049l\s*$/u)
})
