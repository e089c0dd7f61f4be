import type { Page } from 'playwright-core'
import t from 'tap'
import { startMock } from './support/mock.ts'
import { openPage, openPlace, rowLink, stopBrowser } from './support/open-page.ts'

t.teardown(stopBrowser)

/** Holds the answers of a path of the control API. Returns a function that lets them, and later ones, pass. */
async function hold(page: Page, path: string): Promise<() => void> {
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const isHeld = ({ pathname }: URL) => pathname.endsWith(`/__mock/${path}`)
  await page.route(isHeld, async (route) => {
    await released
    await route.continue()
  })
  return release
}

t.test('a list that is being fetched is not called empty', async (t) => {
  const { url, call } = await startMock(t, '--clock', 'frozen')
  await call('/has/table', { table_name: 'order' })
  const { page } = await openPage(t, `${url}/__mock/`)
  await page.getByLabel('endpoint').fill('nothing')
  await page.getByText('No request meets the filters.').waitFor()
  const release = await hold(page, 'requests')
  await page.getByRole('button', { name: 'Show all' }).click()
  t.equal(await page.getByText('No requests yet.').count(), 0)
  release()
  await rowLink(page, 'Request 1').waitFor()
  await page.getByLabel('State').selectOption('CANCELLED')
  await page.getByText('No job is so.').waitFor()
  const releaseJobs = await hold(page, 'jobs')
  await page.getByLabel('State').selectOption('all')
  t.equal(await page.getByText('No jobs yet.').count(), 0)
  releaseJobs()
  await rowLink(page, 'Job 42').waitFor()
})

t.test('an item that is being fetched is not called gone', async (t) => {
  const { url } = await startMock(t, '--clock', 'frozen')
  const { page } = await openPage(t, `${url}/__mock/`)
  const release = await hold(page, 'jobs/43')
  await rowLink(page, 'Job 43').click()
  await page.getByRole('heading', { name: 'Job 43' }).waitFor()
  t.equal(await page.getByText('It is gone').count(), 0)
  release()
  await page.locator('.inspector .facts').waitFor()
  await openPlace(page, '#jobs/99')
  await page.getByText('It is gone, or the journal no longer holds it.').waitFor()
  t.equal(await page.locator('.list-error').count(), 0)
})

t.test('a dialog that is opened again within a frame stays open', async (t) => {
  const { url } = await startMock(t, '--clock', 'frozen')
  const { page } = await openPage(t, `${url}/__mock/`)
  await page.evaluate(async () => {
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    for (const text of ['Reset…', 'Keep it', 'Reset…']) {
      const buttons = [...document.querySelectorAll('button')]
      buttons.find((button) => button.textContent?.trim() === text)?.click()
      // Only microtasks run between the clicks.
      await undefined
    }
    // The event of the first closing comes with a frame.
    await nextFrame()
    await nextFrame()
  })
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
})

t.test('a dialog that Escape closed opens again within a frame', async (t) => {
  const { url } = await startMock(t, '--clock', 'frozen')
  const { page } = await openPage(t, `${url}/__mock/`)
  const dialog = page.getByRole('dialog', { name: 'Help' })
  await page.keyboard.press('?')
  await dialog.waitFor()
  await page.evaluate(async () => {
    // What Escape does.
    document.querySelector<HTMLDialogElement>('dialog[open]')?.requestClose()
    await undefined
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true }))
  })
  await dialog.getByRole('button', { name: 'Close' }).click()
  await dialog.waitFor({ state: 'hidden' })
})
