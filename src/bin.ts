#!/usr/bin/env node
import { main } from './cli.ts'
import { readServerArguments } from './config.ts'

const { env, stdout, stderr } = process
const host = {
  env,
  stdout,
  stderr,
  serverArguments: readServerArguments(),
  once: process.once.bind(process),
}

const code = await main(process.argv.slice(2), host)
// Exiting before a pipe is flushed would lose output.
stdout.write('', () => process.exit(code))
