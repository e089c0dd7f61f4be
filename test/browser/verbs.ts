import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import t from 'tap'
import { startMock } from './support/mock.ts'
import { openPage, rowLink, stopBrowser, waitForText } from './support/open-page.ts'

t.teardown(stopBrowser)

/** The command that the last notice shows. */
async function shownCommand(page: Page, notice: string): Promise<string> {
  await waitForText(page, '.notice', notice)
  return await page.locator('.notice .command').innerText()
}

t.test('jobs are released, finished and cancelled', async (t) => {
  const { url } = await startMock(t, '--clock', 'frozen')
  const { page, complaints } = await openPage(t, `${url}/__mock/`)
  const verbs = [
    ['Release job 43', 'Released job 43', 'jobs/43/release', /Job 43 .*DONE/],
    ['Finish job 44 with DONE', 'Finished job 44: DONE', 'jobs/44/finish', /Job 44 .*DONE/],
    ['Finish job 45 with ERROR', 'Finished job 45: ERROR', 'jobs/45/finish', /Job 45 .*ERROR/],
    ['Cancel job 46', 'Asked job 46 to stop', 'jobs/46/cancel', /Job 46 .*CANCELLED/],
  ] as const
  for (const [verb, notice, path, row] of verbs) {
    const button = page.getByRole('button', { name: verb })
    t.match(await button.getAttribute('title'), `${url}/__mock/${path}`, 'its title is the command')
    await button.click()
    t.match(await shownCommand(page, notice), `${url}/__mock/${path}`)
    await page.getByRole('row', { name: row }).waitFor()
  }
  t.ok(await page.getByRole('button', { name: 'Release job 42' }).isDisabled(), 'it holds nothing')
  t.strictSame(complaints, [])
})

t.test('a rejected verb says why', async (t) => {
  const { url, call } = await startMock(t, '--clock', 'frozen')
  await call('/__mock/jobs', {
    job_id: 7,
    endpoint: '/insert/records',
    lifecycle: { duration: '1m' },
  })
  const { page } = await openPage(t, `${url}/__mock/`)
  await page.getByRole('button', { name: 'Cancel job 7' }).click()
  const problem = 'Cannot cancel job 7: its lifecycle refuses, finish it with the outcome CANCELLED'
  await waitForText(page, '.notice.failed', problem)
})

t.test('the time bar freezes, moves and runs the clock', async (t) => {
  const { url, call } = await startMock(t)
  const { page, complaints } = await openPage(t, `${url}/__mock/`)
  const verbs = page.getByRole('region', { name: 'Clock' })
  await verbs.getByRole('button', { name: 'Freeze' }).click()
  await waitForText(page, '.mode', 'frozen')
  const now = async () => Number((await call('/__mock/clock'))['now_ms'])
  const startMs = await now()
  let movedMs = 0
  for (const [verb, ms] of [
    ['+1s', 1000],
    ['+10s', 10_000],
    ['+1m', 60_000],
  ] as const) {
    await verbs.getByRole('button', { name: verb }).click()
    movedMs += ms
    await page.waitForFunction(
      (ms) => document.querySelector('.now')?.getAttribute('datetime') === ms,
      new Date(startMs + movedMs).toISOString().replace('T', ' '),
    )
    t.equal(await now(), startMs + movedMs)
  }
  await verbs.getByRole('button', { name: 'Next' }).click()
  await shownCommand(page, 'Moved the clock to the next change')
  await verbs.getByRole('button', { name: 'Run' }).click()
  await page.getByText('nothing changes by time alone').waitFor()
  t.ok(await verbs.getByRole('button', { name: 'Run' }).isDisabled())
  await verbs.getByRole('button', { name: 'Real time' }).click()
  await waitForText(page, '.mode', 'real time')
  t.strictSame(complaints, [])
})

t.test('faults are switched and clusters moved', async (t) => {
  const { url, call } = await startMock(t)
  const { page, complaints } = await openPage(t, `${url}/__mock/#faults`)
  const fault = page.getByRole('switch', { name: 'Fault broken schemas' })
  await fault.click()
  t.match(await shownCommand(page, 'Switched the fault broken schemas off'), '-X PATCH')
  await page.getByRole('switch', { name: 'Fault broken schemas', checked: false }).waitFor()
  t.match(await call('/__mock/faults/fault-1'), { enabled: false })
  await fault.click()
  await page.getByRole('switch', { name: 'Fault broken schemas', checked: true }).waitFor()
  await page.getByRole('tab', { name: /Clusters/ }).click()
  await page.getByLabel('Move cluster east to').selectOption('offline')
  await shownCommand(page, 'Cluster east is offline')
  await page.getByRole('row', { name: /east.*offline/ }).waitFor()
  t.match(await call('/__mock/clusters/east'), { state: 'offline' })
  await call('/~default~east/has/table', { table_name: 'x' })
  await page.getByRole('tab', { name: /Requests/ }).click()
  await page.getByRole('row', { name: /Request 1 .*\/has\/table.*cluster east.*503/ }).waitFor()
  t.strictSame(complaints, [])
})

t.test('the scope is exported as a fixture, and reset after a question', async (t) => {
  const { url, call } = await startMock(t)
  await call('/has/table', { table_name: 'order' })
  const { page, complaints } = await openPage(t, `${url}/__mock/`)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export fixture' }).click(),
  ])
  t.equal(download.suggestedFilename(), 'default.json')
  t.match(readFileSync(await download.path(), 'utf8'), '"job_id":9223372036854775807')
  await rowLink(page, 'Request 1').waitFor()
  await page.getByRole('button', { name: 'Reset…' }).click()
  await page.getByRole('button', { name: 'Keep it' }).click()
  t.equal((await call('/__mock/requests'))['total'], 1)
  await page.getByRole('button', { name: 'Reset…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reset', exact: true }).click()
  await page.getByText('No requests yet.').waitFor()
  t.strictSame(complaints, [])
})

const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] }

function clipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText())
}

t.test('the command of a button does what the button does', async (t) => {
  const { url, call } = await startMock(t, '--clock', 'frozen')
  const { page } = await openPage(t, `${url}/__mock/`, CLIPBOARD)
  const button = page.getByRole('button', { name: 'Release job 43' })
  await button.click({ modifiers: ['Alt'] })
  await waitForText(page, '.notice', 'Copied')
  t.match(await call('/__mock/jobs/43'), { status: 'RUNNING' }, 'only copied')
  execFileSync('sh', ['-c', await clipboard(page)])
  await page.getByRole('row', { name: /Job 43 .*DONE/ }).waitFor()
})

t.test('a request is copied as curl and as a rule', async (t) => {
  const { url, call } = await startMock(t)
  await call('/has/table', { table_name: "o'rder", options: { key: 'v' } })
  const { page } = await openPage(t, `${url}/__mock/#requests/1`, CLIPBOARD)
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await waitForText(page, '.notice', 'Copied')
  execFileSync('sh', ['-c', await clipboard(page)])
  await rowLink(page, 'Request 2').waitFor()
  const [first, second] = Object(await call('/__mock/requests')).requests
  t.strictSame(second.request, first.request)
  await page.getByRole('button', { name: 'Copy as rule' }).click()
  await page.locator('.notice').filter({ hasText: '"then"' }).waitFor()
  const { id } = await call('/__mock/rules', JSON.parse(await clipboard(page)))
  await call('/has/table', { table_name: "o'rder", options: { key: 'v' } })
  t.match(await call(`/__mock/rules/${id}`), { answered: 1 })
})

t.test('keys move rows, freeze, go to the next change, and help', async (t) => {
  const { url } = await startMock(t)
  const { page, complaints } = await openPage(t, `${url}/__mock/`)
  await rowLink(page, 'Job 42').waitFor()
  await page.keyboard.press('j')
  await page.getByRole('heading', { name: 'Job 9223372036854775807' }).waitFor()
  await page.keyboard.press('j')
  await page.getByRole('heading', { name: 'Job 46' }).waitFor()
  await page.keyboard.press('k')
  await page.getByRole('heading', { name: 'Job 9223372036854775807' }).waitFor()
  await page.keyboard.press('Escape')
  await page
    .getByRole('heading', { name: 'Job 9223372036854775807' })
    .waitFor({ state: 'detached' })
  await page.keyboard.press('f')
  await waitForText(page, '.mode', 'frozen')
  await page.keyboard.press('n')
  await shownCommand(page, 'Moved the clock to the next change')
  await page.keyboard.press('f')
  await waitForText(page, '.mode', 'real time')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Help' }).waitFor()
  await page.keyboard.press('f')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Help' }).waitFor({ state: 'hidden' })
  await waitForText(page, '.mode', 'real time')
  await page.getByRole('tab', { name: /Requests/ }).focus()
  await page.keyboard.press('ArrowRight')
  await page.getByRole('tab', { name: /Rules/, selected: true }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('fn')
  t.equal(await page.getByLabel('endpoint').inputValue(), 'fn', 'typed keys are text')
  t.strictSame(complaints, [])
})

t.test('no frame is drawn between two keys, and the second one has its place', async (t) => {
  const { url, call } = await startMock(t)
  const { page } = await openPage(t, `${url}/__mock/#rules`)
  await page.getByRole('tab', { name: /Rules/, selected: true }).waitFor()
  /** Presses keys within one frame. Answers whether the page took each as an action. */
  const press = (...keys: string[]) =>
    page.evaluate(async (wanted) => {
      const taken: boolean[] = []
      for (const key of wanted) {
        const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
        taken.push(!(document.activeElement ?? document.body).dispatchEvent(event))
        // Only microtasks run between the keys.
        await undefined
      }
      return taken
    }, keys)
  t.strictSame(await press('/', 'f'), [true, false], 'a letter of the filter')
  t.strictSame(await press('f'), [false], 'the filter has the focus')
  await press('Escape')
  t.strictSame(await press('?', 'f'), [true, false], 'a key behind the help')
  t.match(await call('/__mock/clock'), { mode: 'real' })
})

t.test('a read-only page has no verbs', async (t) => {
  const { url, call } = await startMock(t, '--page', 'read-only')
  const { page, complaints } = await openPage(t, `${url}/__mock/`)
  await page.getByRole('row', { name: /Job 42 .*RUNNING/ }).waitFor()
  for (const tab of ['Rules', 'Faults', 'Clusters', 'Requests']) {
    await page.getByRole('tab', { name: new RegExp(tab) }).click()
    await page.getByRole('tab', { name: new RegExp(tab), selected: true }).waitFor()
    t.equal(await page.getByRole('switch').count(), 0)
    const verbs = /release|finish|cancel|freeze|\+1|next|run|reset|move/i
    t.equal(await page.getByRole('button', { name: verbs }).count(), 0)
    t.equal(await page.getByRole('combobox', { name: /Move/ }).count(), 0)
  }
  await page.keyboard.press('f')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Help' }).waitFor()
  t.match(await call('/__mock/clock'), { mode: 'real' })
  t.strictSame(complaints, [])
})
