import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { startBrowser, stopBrowser } from '../support/open-page.ts'
import { SUITE } from './suite.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const IMAGES = join(ROOT, 'docs/images')

const URL_OF_MOCK = 'http://localhost:9191'

/** The pictures of README and docs: each has a name, a place, a size and a scheme. */
const SHOTS = [
  { name: 'page', hash: '#requests/3', width: 1280, height: 800, colorScheme: 'light' },
  { name: 'page-dark', hash: '#requests/3', width: 1280, height: 800, colorScheme: 'dark' },
  { name: 'page-job', hash: '#jobs/42', width: 1280, height: 800, colorScheme: 'light' },
  { name: 'page-wide', hash: '#jobs/42', width: 1920, height: 900, colorScheme: 'dark' },
  { name: 'page-narrow', hash: '', width: 390, height: 844, colorScheme: 'light' },
] as const

const folder = mkdtempSync(join(tmpdir(), 'mock-gpudb-screenshots-'))
writeFileSync(join(folder, 'suite.json'), JSON.stringify(SUITE))
const argv = [
  'start',
  '--port',
  '9191',
  '--fixtures',
  join(folder, 'suite.json'),
  '--clock',
  'frozen',
]
const mock = spawn(process.execPath, [join(ROOT, 'dist/bin/mock-gpudb.js'), ...argv])
try {
  await once(mock.stdout, 'data')
  await send()
  mkdirSync(IMAGES, { recursive: true })
  for (const shot of SHOTS) await take(shot)
} finally {
  mock.kill()
  await stopBrowser()
  rmSync(folder, { recursive: true })
}

async function take({
  name,
  hash,
  width,
  height,
  colorScheme,
}: (typeof SHOTS)[number]): Promise<void> {
  const browser = await startBrowser()
  const page: Page = await browser.newPage({ viewport: { width, height }, colorScheme })
  await page.goto(`${URL_OF_MOCK}/__mock/${hash}`)
  await page.locator('a[data-row=requests]').first().waitFor()
  if (hash !== '') await page.locator('.inspector .facts').waitFor()
  await page.screenshot({ path: join(IMAGES, `${name}.png`) })
  await page.close()
}

/** The same time and the same requests in every run. */
async function send(): Promise<void> {
  await call('/__mock/clock', { mode: 'frozen', now_ms: Date.UTC(2030, 4, 2, 9, 30) })
  await call('/__mock/reset', {})
  await call('/has/table', { table_name: 'sales.orders' })
  await call('/execute/sql', { statement: 'SELECT * FROM sales.orders', offset: 0, limit: 100 })
  await call('/has/table', { table_name: 'sales.order', options: {} })
  await call('/~checkout-tests/has/table', { table_name: 'sales.orders' })
  await call('/~nightly/get/job', { job_id: 42 })
  await call('/show/schema', { schema_name: 'sales', options: {} })
  for (const job_id of [42, 43, 42]) await call('/get/job', { job_id })
  await call('/clear/table', { table_name: 'sales.orders', authorization: '', options: {} })
  await call('/__mock/clock/advance', { by: '26s' })
  for (const job_id of [42, 43]) await call('/get/job', { job_id })
}

async function call(path: string, body: object): Promise<void> {
  const authorization = `Basic ${Buffer.from('admin:x').toString('base64')}`
  const text = path === '/__mock/reset' ? {} : { body: JSON.stringify(body) }
  await fetch(URL_OF_MOCK + path, { method: 'POST', headers: { authorization }, ...text })
}
