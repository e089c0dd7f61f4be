import { readFileSync } from 'node:fs'
import { type Context, runCase } from './run-case.ts'

// Runs the cases with fetch in Node. Usage: node.js ENCODING CONTEXT
const [encoding = 'JSON', file = ''] = process.argv.slice(2)
const context: Omit<Context, 'encoding'> = JSON.parse(readFileSync(file, 'utf8'))
for (const one of context.cases) {
  const report = await runCase(one, { ...context, encoding })
  process.stdout.write(`${JSON.stringify(report)}\n`)
}
