import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { TestScope } from '../fakes/clickhouse-server.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/** The program of a Chromium on PATH; undefined: there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.flatMap(folder => NAMES.map(name => join(folder, name))).find(isProgram)
}

/** A browser; closed after the tests. */
export async function openBrowser(t: TestScope, executablePath: string): Promise<Browser> {
  // The sandbox needs a user of its own, which a container run by root has not.
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  t.after(() => browser.close())
  return browser
}

/** A page of the console, and what went wrong in it: messages of the console, faults of scripts, breaches of the content policy. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; wrongs: string[] }> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const wrongs: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning')
      wrongs.push(`${message.type()}: ${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', error => wrongs.push(`thrown: ${error.message}`))
  return { page, wrongs }
}

/** Goes to an address as a link of the console does, without loading everything again, and waits for it. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate(`history.pushState(null, '', '/console${path}'); window.dispatchEvent(new Event('weir-moved'))`)
  await settled(page)
}

/** Waits until a page has its title and nothing of it is still being fetched. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  await page.locator('.waiting, .is-stale, :text("Looking …")').first().waitFor({ state: 'detached' })
}

/** The text of a part of a page. */
export async function textOf(page: Page, part: string): Promise<string> {
  return (await page.locator(part).first().textContent()) ?? ''
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
