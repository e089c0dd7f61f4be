import { execFileSync } from 'node:child_process'
import { checkRelease } from './check-release.ts'
import { readReleaseFacts } from './release-facts.ts'
import { readRegistries, renderChecks, renderSteps } from './render-release.ts'

execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' })
const facts = await readReleaseFacts()
const checks = checkRelease(facts)
process.stdout.write(renderChecks(checks))
if (checks.some(({ problems }) => problems.length > 0)) process.exitCode = 1
else process.stdout.write(renderSteps(facts, readRegistries(process.argv.slice(2))))
