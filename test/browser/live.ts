import t from 'tap'
import { startMock } from './support/mock.ts'
import { openPage, rowLink, stopBrowser, waitForText } from './support/open-page.ts'

t.teardown(stopBrowser)

t.test('the page shows the scope, and the browser has nothing to complain about', async (t) => {
  const { url, call } = await startMock(t, '--clock', 'frozen')
  await call('/~suite-a/has/table', { table_name: 'x' })
  const { page, complaints } = await openPage(t, `${url}/__mock`)
  t.equal(page.url(), `${url}/__mock/`, 'the slash is added')
  await page.getByRole('row', { name: /Job 42.*RUNNING.*nightly.*\/create\/backup/ }).waitFor()
  await page.getByRole('row', { name: /Job 9223372036854775807 .*ERROR.*60 %/ }).waitFor()
  await page.getByRole('link', { name: /suite-a.*1 unmatched/ }).click()
  await page.waitForURL(`${url}/~suite-a/__mock/`)
  await page.getByRole('row', { name: /Request 1 .*\/has\/table.*unmatched/ }).waitFor()
  t.strictSame(complaints, [])
})

t.test('what happens appears by itself', async (t) => {
  const { url, call } = await startMock(t, '--clock', 'frozen')
  const { page, complaints } = await openPage(t, `${url}/__mock/`)
  await page.getByText('No requests yet.').waitFor()
  await call('/has/table', { table_name: 'order' })
  await rowLink(page, 'Request 1').click()
  await page.getByText('The rule orders exist nearly matched, but:').waitFor()
  await page.getByText('request.table_name: expected "orders", got "order"').waitFor()
  await call('/__mock/jobs', { tag: 'mine', endpoint: '/alter/table' })
  await page.getByRole('row', { name: /Job 1 .*RUNNING.*0 %.*mine/ }).waitFor()
  await call('/__mock/jobs/tag:mine/finish', { outcome: 'DONE' })
  await page.getByRole('row', { name: /Job 1 .*DONE.*100 %.*mine/ }).waitFor()
  await call('/__mock/clock/advance', { by: '20s' })
  await page.getByRole('row', { name: /Job 42 .*20 %/ }).waitFor()
  await page.getByText('next: job 42 → step 2 of 3 in 20s').waitFor()
  await call('/__mock/rules', { name: 'late', when: { endpoint: '/has/*' }, then: { error: 'no' } })
  await page.getByRole('tab', { name: /Rules 3/ }).click()
  await page.getByRole('row', { name: /Rule rule-3 .*late/ }).waitFor()
  t.strictSame(complaints, [])
})

t.test('progress moves between events, and stops when the clock does', async (t) => {
  const { url, call } = await startMock(t)
  const { page } = await openPage(t, `${url}/__mock/`)
  const bar = page.getByRole('progressbar', { name: 'Progress of job 42' })
  const value = () => bar.evaluate((one) => (one instanceof HTMLProgressElement ? one.value : 0))
  let seen = await value()
  for (let move = 0; move < 5; move++) {
    await page.waitForFunction(
      (last) =>
        Number(document.querySelector('progress[aria-label$=" 42"]')?.getAttribute('value')) > last,
      seen,
    )
    seen = await value()
  }
  t.ok(seen % 1 > 0 || seen > 1, 'in small steps')
  await call('/__mock/clock', { mode: 'frozen' })
  await waitForText(page, '.mode', 'frozen')
  const { progress } = await call('/__mock/jobs/42')
  await page.getByRole('row', { name: new RegExp(`Job 42 .* ${progress} %`) }).waitFor()
  t.equal(Math.floor(await value()), progress)
})

t.test('the page reconnects to a mock that was restarted, and says so', async (t) => {
  const first = await startMock(t)
  const { page } = await openPage(t, `${first.url}/__mock/`)
  first.program.child.kill('SIGTERM')
  await page.getByText('disconnected, reconnecting').waitFor()
  // Until then it may listen on the port.
  await first.program.ended()
  const { port } = new URL(first.url)
  const second = await startMock(t, '--port', port, '--clock', 'frozen')
  await page.locator('.connection.live').waitFor()
  await waitForText(page, '.notice', 'The mock was restarted')
  await waitForText(page, '.mode', 'frozen')
  t.equal(second.url, first.url)
})

t.test('a scope may be removed and created again under an open page', async (t) => {
  const { url, call } = await startMock(t)
  await call('/__mock/scopes/suite-a', undefined, 'PUT')
  const { page } = await openPage(t, `${url}/~suite-a/__mock/`)
  await rowLink(page, 'Job 42').waitFor()
  await call('/__mock/scopes/suite-a', undefined, 'DELETE')
  await page.getByText('The scope suite-a does not exist.').waitFor()
  t.equal(await rowLink(page, 'Job 42').count(), 0)
  await call('/~suite-a/has/table', { table_name: 'x' })
  await rowLink(page, 'Job 42').waitFor()
  await rowLink(page, 'Request 1').waitFor()
})

t.test('a missing scope says what creates it', async (t) => {
  const { url } = await startMock(t)
  const { page } = await openPage(t, `${url}/~nobody/__mock/`)
  await page.getByText('The scope nobody does not exist.').waitFor()
  await page.getByText(`curl -s -X PUT ${url}/~nobody/__mock/scopes/nobody`).waitFor()
})

t.test('a hidden page fetches no lists until it is seen again', async (t) => {
  const { url, call } = await startMock(t)
  const { page } = await openPage(t, `${url}/__mock/`)
  await rowLink(page, 'Job 42').waitFor()
  const setVisibility = (state: string) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { value, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  await setVisibility('hidden')
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await call('/has/table', { table_name: 'order' })
  await page.waitForFunction(() => document.title.startsWith('(1)'))
  // The details of jobs that were listed before may still come.
  const lists = asked.filter((path) => !path.startsWith('/__mock/jobs/'))
  t.strictSame([...new Set(lists)], ['/__mock/scopes'])
  await setVisibility('visible')
  await rowLink(page, 'Request 1').waitFor()
})

t.test('the location keeps the tab and the selection', async (t) => {
  const { url, call } = await startMock(t)
  await call('/has/table', { table_name: 'order' })
  const { page } = await openPage(t, `${url}/__mock/#rules/rule-1`)
  await page.getByRole('heading', { name: 'Rule rule-1' }).waitFor()
  await page.getByRole('tab', { name: /Requests/ }).click()
  await rowLink(page, 'Request 1').click()
  await page.getByRole('heading', { name: 'Request 1' }).waitFor()
  t.match(page.url(), /#requests\/1$/)
  await page.reload()
  await page.getByRole('heading', { name: 'Request 1' }).waitFor()
})

t.test('requests are filtered by endpoint, user, fault and whether they matched', async (t) => {
  const { url, call } = await startMock(t)
  await call('/has/table', { table_name: 'orders' })
  await call('/has/table', { table_name: 'order' })
  await call('/show/schema', { schema_name: 'x', options: {} })
  const authorization = `Basic ${Buffer.from('ann:x').toString('base64')}`
  await fetch(`${url}/show/types`, { method: 'POST', headers: { authorization }, body: '{}' })
  const { page } = await openPage(t, `${url}/__mock/`)
  const rows = page.getByRole('link', { name: /^Request/ })
  const shows = async (...ids: number[]) => {
    await page.waitForFunction(
      (wanted) =>
        [...document.querySelectorAll('[data-row=requests]')]
          .map((row) => row.textContent)
          .join() === wanted,
      ids.join(),
    )
    t.equal(await rows.count(), ids.length)
  }
  await shows(4, 3, 2, 1)
  await page.keyboard.press('/')
  await page.keyboard.type('has')
  await shows(2, 1)
  await page.getByLabel('unmatched', { exact: true }).check()
  await shows(2)
  await page.getByLabel('endpoint').fill('nothing')
  await page.getByRole('button', { name: 'Show all' }).click()
  await shows(4, 3, 2, 1)
  await page.getByLabel('user').fill('ann')
  await shows(4)
  await page.getByLabel('user').fill('')
  await page.getByRole('searchbox', { name: 'fault' }).fill('broken schemas')
  await shows(3)
})
