import { spawnSync } from 'node:child_process'
import t from 'tap'

/** Runs lines of a script after .ci/count.sh, and then `finish`. */
function runScript(lines: string): { readonly code: number | null; readonly last: string } {
  const script = `source .ci/count.sh\n${lines}\nfinish`
  const { status, stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
  return { code: status, last: stdout.trimEnd().split('\n').at(-1) ?? '' }
}

/** A command that prints a line and exits with a code. */
function printing(line: string, code = 0): string {
  return `bash -c "echo '${line}'; exit ${code}"`
}

const GREEN = [
  `suite tap 60 ${printing('# { total: 12, pass: 12 }')}`,
  `suite clients 60 ${printing('clients: 39 pass, 0 FAIL, 1 known broken, 2 n/a, 0 not run')}`,
  `suite examples 60 ${printing('examples: 9 pass, 0 FAIL, 0 not run')}`,
  `suite fuzz 60 ${printing('5 passed, 0 failed')}`,
].join('\n')

t.test('CI adds up the counts of the suites', async (t) => {
  t.strictSame(runScript(GREEN), { code: 0, last: '65 passed, 0 failed' })
})

t.test('CI reports the number of cases that were not run', async (t) => {
  const lines = [
    `suite tap 60 ${printing('# { total: 12, pass: 10, skip: 2 }')}`,
    `suite clients 60 ${printing('clients: 30 pass, 0 FAIL, 0 known broken, 0 n/a, 13 not run')}`,
    `suite examples 60 ${printing('examples: 7 pass, 0 FAIL, 2 not run')}`,
  ].join('\n')
  t.strictSame(runScript(lines), { code: 0, last: '47 passed, 0 failed, 17 skipped' })
})

const RED = [
  {
    name: 'an assertion fails',
    suite: `tap 60 ${printing('# { total: 3, pass: 2, fail: 1 }', 1)}`,
  },
  { name: 'tap runs no tests', suite: `tap 60 ${printing('# { total: 0 }')}` },
  { name: 'tap skips everything', suite: `tap 60 ${printing('# { total: 2, skip: 2 }')}` },
  { name: 'tap exits with 0 without its closing line', suite: `tap 60 ${printing('ok 1 - a')}` },
  {
    name: 'tests pass and the coverage is too low',
    suite: `tap 60 ${printing('# { total: 1, pass: 1 }', 1)}`,
  },
  {
    name: 'a case of a client fails',
    suite: `clients 60 ${printing('clients: 1 pass, 1 FAIL, 0 known broken, 0 n/a, 0 not run', 1)}`,
  },
  {
    name: 'no client runs',
    suite: `clients 60 ${printing('clients: 0 pass, 0 FAIL, 0 known broken, 0 n/a, 172 not run')}`,
  },
  { name: 'the clients end without their closing line', suite: `clients 60 ${printing('done')}` },
  {
    name: 'no example runs',
    suite: `examples 60 ${printing('examples: 0 pass, 0 FAIL, 9 not run')}`,
  },
  { name: 'the examples end without their closing line', suite: 'examples 60 true' },
  { name: 'a fuzzed input fails', suite: `fuzz 60 ${printing('4 passed, 1 failed', 1)}` },
  { name: 'the fuzzing crashes', suite: `fuzz 60 ${printing('fuzz: seed 1, 60 seconds', 1)}` },
  { name: 'nothing is fuzzed', suite: `fuzz 60 ${printing('0 passed, 0 failed', 1)}` },
  { name: 'a suite is over its limit', suite: 'examples 0.2 sleep 60' },
]

for (const { name, suite } of RED) {
  t.test(`CI fails if ${name}`, async (t) => {
    const { code, last } = runScript(`${GREEN}\nsuite ${suite}`)
    t.equal(code, 1)
    t.match(last, /^(6[5-9]|7[0-9]) passed, 1 failed(, \d+ skipped)?$/)
  })
}

t.test('CI fails if a step fails', async (t) => {
  t.strictSame(runScript(`${GREEN}\nstep 60 false || finish\nsuite tap 60 true`), {
    code: 1,
    last: '65 passed, 1 failed',
  })
})

t.test('CI reports a failed step and goes on', async (t) => {
  t.strictSame(runScript(`step 60 false || true\n${GREEN}`), {
    code: 1,
    last: '65 passed, 1 failed',
  })
})

t.test('CI does not judge what a step prints', async (t) => {
  const table = '| figure | 0.01 of node:http | ≥ 0.65 |'
  t.strictSame(runScript(`${GREEN}\nstep 60 ${printing(table)} || true`), {
    code: 0,
    last: '65 passed, 0 failed',
  })
})

t.test('CI fails if nothing runs', async (t) => {
  t.strictSame(runScript(''), { code: 1, last: '0 passed, 0 failed' })
})
