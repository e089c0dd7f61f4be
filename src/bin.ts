#!/usr/bin/env node
import { StopSignals } from './process/stop-signals.ts'

// Before the rest is loaded: a signal during the start must not kill the process either. One import
// loads it: each takes milliseconds of the start.
const signals = new StopSignals(process)
const { runProcess } = await import('./cli-process.ts')
process.exit(await runProcess(process, signals))
