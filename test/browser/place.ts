import { createServer, type Server, request as sendRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import t from 'tap'
import { startMock } from './support/mock.ts'
import { openPage, rowLink, stopBrowser, waitForText } from './support/open-page.ts'

t.teardown(stopBrowser)

/** A proxy that passes, with its own name as host, what is below a prefix to the mock; returns its URL with the prefix. */
async function startProxy(t: Test, target: string): Promise<string> {
  const proxy: Server = createServer((incoming, response) => {
    const path = (incoming.url ?? '').replace(/^\/tools\/mock/, '')
    const { headers, method = 'GET' } = incoming
    const options = { method, headers }
    const outgoing = sendRequest(target + path, options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    outgoing.on('error', () => response.destroy())
    response.on('close', () => outgoing.destroy())
    incoming.pipe(outgoing)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const { port } = proxy.address() as AddressInfo
  return `http://127.0.0.1:${port}/tools/mock`
}

t.test('the page works below the prefix of a proxy', async (t) => {
  const { url, call } = await startMock(t, '--clock', 'frozen')
  await call('/__mock/scopes/suite-a', undefined, 'PUT')
  const proxied = await startProxy(t, url)
  const { page, complaints } = await openPage(t, `${proxied}/__mock/`)
  await page.getByText(`${proxied}/has/table`).waitFor()
  await page.getByRole('link', { name: /suite-a/ }).click()
  await page.waitForURL(`${proxied}/~suite-a/__mock/`)
  await rowLink(page, 'Job 42').waitFor()
  await call('/~suite-a/has/table', { table_name: 'x' })
  await rowLink(page, 'Request 1').waitFor()
  await page.getByRole('link', { name: /default/ }).click()
  await page.waitForURL(`${proxied}/__mock/`)
  t.strictSame(complaints, [])
})

t.test('with a control port, the page shows the URL of clients', async (t) => {
  const { url, program } = await startMock(t, '--control-port', '0')
  const [, control] = /control API on (\S+)/.exec(program.texts.out) ?? []
  const { page } = await openPage(t, `${control}/__mock/`)
  await page.getByText(`${url}/has/table`).waitFor()
})

t.test('the token is asked for once and kept for the tab', async (t) => {
  const { url } = await startMock(t, '--token', 's3cret', '--clock', 'frozen')
  const { page, complaints } = await openPage(t, `${url}/__mock/`, { isLive: false })
  const field = page.getByLabel('Token', { exact: true }).and(page.locator('input'))
  await field.fill('wrong')
  await page.getByRole('button', { name: 'Use it' }).click()
  await page.getByText('The mock rejects this token').waitFor()
  await field.fill('s3cret')
  await page.getByRole('button', { name: 'Use it' }).click()
  await page.locator('.connection.live').waitFor()
  await page.getByRole('button', { name: 'Release job 43' }).click()
  await page.getByRole('row', { name: /Job 43 .*DONE/ }).waitFor()
  await waitForText(page, '.notice .command', 'Authorization: Bearer $MOCK_GPUDB_TOKEN')
  t.notMatch(await page.content(), 's3cret')
  await page.reload()
  await page.getByRole('row', { name: /Job 43 .*DONE/ }).waitFor()
  t.equal(await page.getByRole('dialog').count(), 0)
  t.ok(
    complaints.every((one) => one.includes('401')),
    'only the wrong token',
  )
})
