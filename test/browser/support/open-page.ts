import { execFileSync } from 'node:child_process'
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core'
import type { Test } from 'tap'

const SCRIPTS = 'test/clients/javascript'

/** How long an action or an expectation may take: machines are shared. */
const TIMEOUT_MS = 60_000

/** A page in Chromium, and what the browser complained about: it should be nothing. */
export interface OpenPage {
  readonly page: Page
  readonly complaints: readonly string[]
}

let browser: Promise<Browser> | undefined

/** Starts Debian's Chromium, once for each process; it is installed if it is missing. */
export function startBrowser(): Promise<Browser> {
  browser ??= launch()
  return browser
}

/** Ends the browser. */
export async function stopBrowser(): Promise<void> {
  await (await browser)?.close()
}

async function launch(): Promise<Browser> {
  execFileSync('sh', [`${SCRIPTS}/install-chromium.sh`])
  const executablePath = execFileSync('sh', ['-c', 'command -v chromium']).toString().trim()
  // The sandbox does not work for root, nor in most containers. The pages are our own.
  return await chromium.launch({ executablePath, args: ['--no-sandbox'], timeout: TIMEOUT_MS })
}

/** Opens a page, until the end of the test. It must have received its first event. */
export async function openPage(
  t: Test,
  url: string,
  options: BrowserContextOptions & { readonly isLive?: false } = {},
): Promise<OpenPage> {
  const { isLive = true, ...rest } = options
  const context = await (await startBrowser()).newContext(rest)
  t.teardown(() => context.close())
  context.setDefaultTimeout(TIMEOUT_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error.stack)))
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error(`CSP: ${violatedDirective} ${blockedURI}`)
    })
  })
  await page.goto(url)
  if (isLive) await page.locator('.connection.live').waitFor()
  return { page, complaints }
}

/** Goes to a place of an open page, such as `#jobs/42`, and waits until it is drawn. */
export async function openPlace(page: Page, place: string): Promise<void> {
  await page.goto(new URL(place, page.url()).href)
  const [, list = '', key] = /^#(\w+)(?:\/(.+))?$/.exec(place) ?? []
  if (key === undefined) {
    await page.locator(`#tab-${list}[aria-selected=true]`).waitFor()
    await page.locator('#tab-panel > *').first().waitFor()
    return
  }
  // What was drawn before is of another item.
  await waitForText(page, '#inspector-title', new RegExp(` ${key}$`))
  await page.locator('.inspector-body > *').first().waitFor()
}

/** Waits until the text of an element is as expected. */
export async function waitForText(
  page: Page,
  selector: string,
  text: string | RegExp,
): Promise<void> {
  await page.locator(selector).filter({ hasText: text }).first().waitFor()
}

/** The link of a row, such as that of `Job 42`. */
export function rowLink(page: Page, label: string): Locator {
  return page.locator(`a[data-row][aria-label="${label}"]`)
}
