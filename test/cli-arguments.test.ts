import t from 'tap'
import { CommandLineError, commandFirst } from '../src/cli-arguments.ts'

const MOVED = [
  { line: '', expected: '' },
  { line: 'start --port 1', expected: 'start --port 1' },
  { line: '--fixtures f start', expected: 'start --fixtures f' },
  { line: '--fixtures start start', expected: 'start --fixtures start' },
  { line: '--fixtures=f start', expected: 'start --fixtures=f' },
  { line: '--strict health --port 1', expected: 'health --strict --port 1' },
  { line: '--config c --strict', expected: '--config c --strict' },
  { line: '--format json validate a b', expected: 'validate --format json a b' },
  { line: 'validate a --format json b', expected: 'validate a --format json b' },
  { line: '-h start', expected: 'start -h' },
  { line: 'help start', expected: 'help start' },
  { line: '--prot 1 start', expected: '--prot 1 start' },
  { line: 'version x', expected: 'version x' },
  { line: '-- start', expected: '-- start' },
]

for (const { line, expected } of MOVED) {
  t.test(`commandFirst() reads "${line}"`, async (t) => {
    t.equal(commandFirst(line === '' ? [] : line.split(' ')).join(' '), expected)
  })
}

const STRAY = [
  { line: 'strat', message: "unknown command 'strat' (did you mean start?)" },
  { line: '--port 1 helth', message: "unknown command 'helth' (did you mean health?)" },
  { line: 'sing', message: "unknown command 'sing'" },
  { line: 'start stop', message: "unknown argument 'stop'" },
  { line: 'health x', message: "unknown argument 'x'" },
  { line: '--fixtures a b', message: '--fixtures takes one value: repeat the flag, or use commas' },
  {
    line: 'start --user ann:hunter2 bob:hunter2',
    message: '--user takes one value: repeat the flag, or use commas',
  },
  { line: '--token my hunter2', message: '--token takes one value' },
  { line: '--token my start1', message: '--token takes one value' },
  { line: '--strict x', message: "unknown command 'x'" },
  { line: '--strict true', message: '--strict takes no value' },
]

for (const { line, message } of STRAY) {
  t.test(`commandFirst() rejects "${line}"`, async (t) => {
    const expected = new CommandLineError(message)
    t.equal(expected.message, `error: ${message}`)
    t.throws(() => commandFirst(line.split(' ')), expected)
  })
}
