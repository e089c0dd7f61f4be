import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const SRC = new URL('../src/', import.meta.url)

// Coverage counts only files that a test loads. bin.ts runs the command line when it is loaded; the
// e2e tests run it as a process. The rooms of the page that need the DOM run in test/browser.
t.test('every source file is loaded, so that coverage counts it', async (t) => {
  const files = readdirSync(fileURLToPath(SRC), { recursive: true, encoding: 'utf8' })
  const sources = files.filter(isLoadable)
  for (const file of sources) await import(new URL(file, SRC).href)
  t.ok(sources.length > 40)
})

function isLoadable(file: string): boolean {
  return file.endsWith('.ts') && file !== 'bin.ts' && !isDrawn(file)
}

function isDrawn(file: string): boolean {
  return /^page(-lists|-parts)?\//.test(file)
}
