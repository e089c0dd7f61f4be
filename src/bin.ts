#!/usr/bin/env node
import { StopSignals } from './process/stop-signals.ts'

// Before the rest is loaded: a signal during the start must not kill the process either.
const signals = new StopSignals(process)
const { main } = await import('./cli.ts')
const { readServerArguments } = await import('./config-files.ts')
const { Output } = await import('./process/output.ts')

const { env, stdout, stderr } = process
const outputs = { stdout: new Output(stdout), stderr: new Output(stderr) }
// Also after an uncaught error.
process.on('exit', () => outputs.stderr.writeCollected())
const code = await main(process.argv.slice(2), {
  env,
  signals,
  ...outputs,
  serverArguments: readServerArguments(),
})
process.exit(code)
