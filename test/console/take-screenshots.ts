/** `npm test -- screenshots`: takes the pictures of docs/screenshots from the demo's platform, while its provider fails. */
import { mkdirSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openConsoleServer, openPlayed } from './console-server.ts'
import { findChromium, openBrowser, openPage, settled } from './open-browser.ts'

const FOLDER = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url))
const wide = { width: 1280, height: 900 }
/** What is taken: a page, at a width, in a look. */
const shots: readonly { name: string; path: string; viewport: { width: number; height: number }; colorScheme: 'light' | 'dark' }[] = [
  ...['overview', 'providers', 'pools', 'fallbacks', 'latency', 'tenants', 'pipeline', 'connect'].map(name => ({
    name,
    path: name === 'overview' ? '' : `/${name}`,
    viewport: wide,
    colorScheme: 'light' as const,
  })),
  { name: 'overview-dark', path: '', viewport: wide, colorScheme: 'dark' },
  { name: 'fallbacks-dark', path: '/fallbacks', viewport: wide, colorScheme: 'dark' },
  { name: 'overview-360', path: '', viewport: { width: 360, height: 800 }, colorScheme: 'light' },
  { name: 'tenants-360-dark', path: '/tenants', viewport: { width: 360, height: 800 }, colorScheme: 'dark' },
  { name: 'overview-2560', path: '', viewport: { width: 2560, height: 1440 }, colorScheme: 'light' },
]

test('the pictures of docs/screenshots are taken', async t => {
  const chromium = findChromium()
  if (chromium === undefined) throw new Error('there is no Chromium on PATH (Debian: apt-get install chromium)')
  const url = await openConsoleServer(t, { isOpen: true, clickhouse: await openPlayed(t, { scale: 1 }) })
  const browser = await openBrowser(t, chromium)
  mkdirSync(FOLDER, { recursive: true })
  for (const { name, path, ...side } of shots) {
    const { page } = await openPage(browser, url, side)
    await page.goto(`/console${path}?from=now-30m`)
    await settled(page)
    await page.screenshot({ path: `${FOLDER}${name}.png` })
    await page.context().close()
  }
})
