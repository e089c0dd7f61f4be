import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import t from 'tap'
import { type PageMock, startMock } from './support/mock.ts'
import { openPage, openPlace, rowLink, stopBrowser } from './support/open-page.ts'

t.teardown(stopBrowser)

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds on the page that is serious or critical. */
async function seriousFindings(page: Page): Promise<string[]> {
  const { violations }: AxeResults = await page.evaluate(`${AXE}; axe.run()`)
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    )
}

/** Requests of every outcome. */
async function fill({ call }: PageMock): Promise<void> {
  await call('/has/table', { table_name: 'orders' })
  await call('/has/table', { table_name: 'order' })
  await call('/show/schema', { schema_name: 'x', options: {} })
  await call('/clear/table', { table_name: 'x', authorization: '', options: {} })
  await call('/clear/table', { table: 'x' })
  await call('/get/job', { job_id: 42, options: {} })
  await call('/~other/has/table', { table_name: 'x' })
}

const PLACES = [
  '#requests/2',
  '#jobs/42',
  '#rules/rule-1',
  '#faults',
  '#clusters',
  '#timeline',
  '#tables',
  '#report',
]
const WIDTHS = [390, 1280, 2560]
const SCHEMES = ['light', 'dark'] as const

for (const colorScheme of SCHEMES) {
  t.test(`axe-core finds nothing serious in the ${colorScheme} scheme`, async (t) => {
    const mock = await startMock(t, '--clock', 'frozen')
    await fill(mock)
    for (const width of WIDTHS) {
      const viewport = { width, height: 900 }
      const { page } = await openPage(t, `${mock.url}/__mock/`, { colorScheme, viewport })
      for (const place of PLACES) {
        await openPlace(page, place)
        await rowLink(page, 'Job 42').waitFor()
        t.strictSame(await seriousFindings(page), [], `${place} at ${width}`)
      }
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Help' }).waitFor()
      t.strictSame(await seriousFindings(page), [], `help at ${width}`)
      await page.context().close()
    }
  })
}

t.test('both schemes have their own colours', async (t) => {
  const { url } = await startMock(t)
  const backs = new Set<string>()
  for (const colorScheme of SCHEMES) {
    const { page } = await openPage(t, `${url}/__mock/`, { colorScheme })
    backs.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor))
  }
  t.equal(backs.size, 2)
})

t.test('the page is never wider than the window', async (t) => {
  const mock = await startMock(t, '--clock', 'frozen')
  await fill(mock)
  await mock.call('/__mock/jobs', { tag: 'x'.repeat(200), endpoint: '/insert/records/fromfiles' })
  for (const width of [320, 390, 700, 1100, 1800, 2560]) {
    const { page } = await openPage(t, `${mock.url}/__mock/`, { viewport: { width, height: 800 } })
    for (const place of PLACES) {
      await openPlace(page, place)
      await rowLink(page, 'Job 42').waitFor()
      const widths = () =>
        page.evaluate(() => [document.documentElement.scrollWidth, document.body.scrollWidth])
      t.strictSame(await widths(), [width, width], `${place} at ${width}`)
    }
    const verb = page.getByRole('button', { name: 'Release job 43' }).first()
    await verb.scrollIntoViewIfNeeded()
    const box = await verb.boundingBox()
    t.ok(box !== null && box.x >= 0 && box.x + box.width <= width, `verbs are in reach at ${width}`)
    await page.context().close()
  }
})

t.test('the open tab is in view on a narrow page, also after its counts have come', async (t) => {
  const mock = await startMock(t, '--clock', 'frozen')
  await fill(mock)
  const viewport = { width: 390, height: 844 }
  const { page } = await openPage(t, `${mock.url}/__mock/#report`, { viewport })
  const tab = page.getByRole('tab', { name: 'Report' })
  await page.getByRole('tab', { name: /unmatched/ }).waitFor()
  await page.waitForFunction(() => {
    const { right = Number.POSITIVE_INFINITY } =
      document.querySelector('[role=tab][aria-selected=true]')?.getBoundingClientRect() ?? {}
    return right <= document.documentElement.clientWidth
  })
  t.equal(await tab.getAttribute('aria-selected'), 'true')
})
