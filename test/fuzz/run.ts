import { RealTime } from '../../src/clock/time-source.ts'
import { controlInputs, type OpenapiDocument } from './control-inputs.ts'
import { FAULTS_SCOPE, faultInputs } from './fault-inputs.ts'
import { readFuzzOptions } from './fuzz-options.ts'
import { anyJobInput } from './job-inputs.ts'
import { anyRawInput } from './raw-inputs.ts'
import { ruleInputs } from './rule-inputs.ts'
import { runTarget, type Target } from './run-target.ts'
import { Session } from './session.ts'
import { anyCall } from './wire-inputs.ts'

const ANSWER_LIMIT_MS = 1000

process.once('SIGINT', () => process.exit(1))
process.once('SIGTERM', () => process.exit(1))

const time = new RealTime()
const options = readFuzzOptions(process.argv.slice(2), Math.random)
const session = new Session(ANSWER_LIMIT_MS)
const document: OpenapiDocument = JSON.parse(await session.readOpenapi())
const all: readonly Target[] = [
  { name: 'calls', inputs: anyCall, scopes: [], maxBatch: 80 },
  { name: 'jobs', inputs: anyJobInput, scopes: ['/~jobs'], maxBatch: 60 },
  // Before rules and faults are left in the scope of its requests.
  { name: 'bytes', inputs: anyRawInput, scopes: [], maxBatch: 8 },
  {
    name: 'control',
    inputs: controlInputs(document),
    scopes: ['', '/~fuzz-a', '/~fuzz-b'],
    maxBatch: 40,
  },
  { name: 'rules', inputs: ruleInputs(document), scopes: ['/~rules'], maxBatch: 24 },
  { name: 'faults', inputs: faultInputs(document), scopes: [FAULTS_SCOPE], maxBatch: 24 },
]
const targets = all.filter(({ name }) => options.target === undefined || name === options.target)
process.stdout.write(`fuzz: seed ${options.seed}, ${options.seconds} seconds\n`)
let failed = 0
for (const target of targets) {
  const limitMs = (options.seconds * 1000) / targets.length
  const startedAtMs = time.now()
  const { name, sent, failure } = await runTarget(target, { session, options, limitMs })
  const seconds = ((time.now() - startedAtMs) / 1000).toFixed(1)
  const memory = `${Math.round(session.residentBytes / 1e6)} MB`
  process.stdout.write(`fuzz: ${name}: ${sent} inputs in ${seconds} s, ${memory}\n`)
  if (failure === undefined) continue
  failed += 1
  process.stdout.write(`fuzz: ${name} FAILS: ${failure}\n`)
}
await session.stop()
process.stdout.write(`${targets.length - failed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 || targets.length === 0 ? 1 : 0
