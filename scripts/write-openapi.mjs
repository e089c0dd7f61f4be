import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.mjs'

const COMMAND = join(ROOT, 'dist/bin/mock-gpudb.js')
/** The description has about 300 KB. */
const MAX_BYTES = 16 * 1024 * 1024

// The command is built already, and prints what a running mock returns.
const text = execFileSync(process.execPath, [COMMAND, 'openapi'], { maxBuffer: MAX_BYTES })
writeFileSync(join(ROOT, 'dist/openapi.json'), text)
