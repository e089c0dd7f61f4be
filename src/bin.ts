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

process.exit(await main(process.argv.slice(2), host))
