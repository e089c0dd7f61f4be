import { type Context, runCase } from './run-case.ts'

// Runs the cases with fetch in a browser. Reports are sent to the server of the page.
try {
  const context: Context = JSON.parse(await (await fetch('/context')).text())
  for (const one of context.cases) await post('/report', await runCase(one, context))
  await post('/end', { ok: true })
} catch (error) {
  await post('/end', { ok: false, detail: String(error) })
}

async function post(path: string, value: unknown): Promise<void> {
  await fetch(path, { method: 'POST', body: JSON.stringify(value) })
}
