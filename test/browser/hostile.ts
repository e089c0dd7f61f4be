import t from 'tap'
import { startMock } from './support/mock.ts'
import { openPage, openPlace, rowLink, stopBrowser } from './support/open-page.ts'

t.teardown(stopBrowser)

const IMAGE =
  '<img src=x onerror="document.title=\'broken in\'"><script>document.title="broken in"</script>'
const BIDI = '\u202egnp.exe\u2066'
const LONG = 'W'.repeat(10_000)
const TEXTS = [
  IMAGE,
  BIDI,
  `a\u0000b\u0007\u001b[31m`,
  LONG,
  '"; $(id)',
  '\ud800',
  '{{now}}',
  '__proto__',
]

t.test('what requests brought is text in every column', async (t) => {
  const { url, call } = await startMock(t, '--clock', 'frozen')
  for (const [index, text] of TEXTS.entries()) {
    const tag = `${index} ${text}`.slice(0, 900)
    await call('/create/job', {
      endpoint: '/execute/sql',
      request_encoding: 'json',
      data_str: JSON.stringify({ statement: text, options: { [text]: text } }),
      options: { job_tag: tag },
    })
    await call('/has/table', { table_name: text, options: { [text]: text } })
    await fetch(`${url}/show/types`, {
      method: 'POST',
      body: '{}',
      headers: {
        authorization: `Basic ${Buffer.from(`${text.slice(0, 200)}:x`).toString('base64')}`,
      },
    })
    await call('/__mock/rules', {
      name: text.slice(0, 100),
      when: { endpoint: '/has/role', request: { name: text } },
      then: { error: text },
    }).catch(() => undefined)
    await call('/__mock/faults', {
      name: text.slice(0, 100),
      when: { endpoint: '/has/role' },
      fault: 'empty',
    }).catch(() => undefined)
    await call('/__mock/tables', { name: text.slice(0, 100), columns: ['id int'] }).catch(
      () => undefined,
    )
  }
  const { page, complaints } = await openPage(t, `${url}/__mock/`)
  const places = ['#rules', '#faults', '#tables', '#timeline', '#report', '#requests']
  const { total } = await call('/__mock/requests')
  for (let id = 1; id <= Number(total); id++) places.push(`#requests/${id}`)
  const { jobs } = Object(await call('/__mock/jobs'))
  for (const { tag, job_id } of jobs) if (/^\d /.test(tag)) places.push(`#jobs/${job_id}`)
  const shown: string[] = []
  for (const place of places) {
    await openPlace(page, place)
    await rowLink(page, 'Job 42').waitFor()
    shown.push(await page.locator('#app').innerText())
    t.equal(await page.locator('#app :is(img, script, iframe)').count(), 0, place)
  }
  const text = shown.join('\n')
  t.match(text, '<img src=x onerror=')
  t.match(text, '\\u202egnp.exe\\u2066', 'what changes the direction is escaped')
  t.match(text, 'a\\u0000b\\u0007\\u001b[31m')
  t.notMatch(text, /[^\P{Cc}\n\t]|\p{Cf}/u)
  t.notMatch(text, 'W'.repeat(1001), 'long texts are cut')
  t.notMatch(await page.title(), 'broken in')
  t.strictSame(complaints, [])
})

t.test('a long text is shown whole when asked for', async (t) => {
  const { url, call } = await startMock(t, '--clock', 'frozen')
  await call('/has/table', { table_name: 'W'.repeat(1500) })
  const { page } = await openPage(t, `${url}/__mock/#requests/1`)
  await page.getByRole('button', { name: 'Show all 1,500 characters' }).click()
  await page.getByText('W'.repeat(1500)).waitFor()
})
