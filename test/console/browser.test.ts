import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, test } from 'node:test'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { NOW_MS, openConsoleServer, openPlayed } from './console-server.ts'
import { findChromium, goTo, openBrowser, openPage, settled, textOf } from './open-browser.ts'

const chromium = findChromium()
const skip = chromium === undefined ? 'no Chromium on PATH (Debian: apt-get install chromium)' : false
if (skip) process.stdout.write(`the console is not tried in a browser: ${skip}\n`)

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const sides = [
  { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
] as const
const paths = [
  ...['', '/alerts', '/latency', '/providers', '/pools', '/fallbacks', '/rollouts', '/requests', '/tenants', '/tenants/umbrella', '/cost'],
  ...['/statement', '/security', '/audit', '/pipeline', '/connect', '/connect/litellm', '/nothing'],
]
/** Pages with every kind of mark, drawing and field: looked at on the small, dark side as well. */
const telling: readonly string[] = ['', '/alerts', '/fallbacks', '/providers', '/tenants', '/pipeline', '/requests', '/connect']

const clickhouse = skip ? undefined : await openPlayed({ after })
const url = clickhouse && (await openConsoleServer({ after }, { isOpen: true, clickhouse }))
const browser = chromium === undefined ? undefined : await openBrowser({ after }, chromium)

/** What axe finds that keeps people out. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const results: AxeResults = await page.evaluate("axe.run({ resultTypes: ['violations'] })")
  const grave = results.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  return grave.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`))
}

for (const side of sides) {
  test(`pages open with figures, keep nobody out and fit ${side.viewport.width} px, ${side.colorScheme}`, { skip }, async () => {
    if (!url || !browser) return
    const { page, wrongs } = await openPage(browser, url, { ...side, bypassCSP: false })
    await page.goto('/console')
    for (const path of side === sides[0] ? paths : telling) {
      await goTo(page, path)
      assert.deepEqual(wrongs, [], path)
      const wide: number = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      const text = await textOf(page, 'main')
      assert.ok(wide <= 0, `${path} is ${wide} px wider than the screen`)
      assert.doesNotMatch(text, /NaN|undefined|Infinity|\[object|Invalid Date/, path)
      assert.deepEqual(await violations(page), [], path)
    }
    await page.context().close()
  })
}

test('what stands out is told in words, and leads to its evidence', { skip }, async () => {
  if (!url || !browser) return
  const { page, wrongs } = await openPage(browser, url)
  await page.goto('/console')
  await settled(page)
  assert.match(await textOf(page, '.findings'), /openai .*fails/)
  await page.getByRole('link', { name: 'Are providers well?' }).click()
  assert.equal(await textOf(page, 'h1'), 'Providers')
  await page.goBack()
  await settled(page)
  assert.match(page.url(), /\/console$/)
  assert.deepEqual(wrongs, [])
})

test('range, zone and filters are in the address and go along', { skip }, async () => {
  if (!url || !browser) return
  const { page } = await openPage(browser, url, { timezoneId: 'Europe/Berlin' })
  await page.goto('/console/tenants')
  await settled(page)
  await page.getByLabel('Range').selectOption({ label: 'Last 15 minutes' })
  await page.getByRole('button', { name: 'Times in UTC' }).click()
  await page.getByRole('link', { name: 'acme', exact: true }).first().click()
  await settled(page)
  assert.match(page.url(), /\/console\/tenants\/acme\?from=now-15m&zone=local$/)
  await page.getByRole('link', { name: 'Requests', exact: true }).last().click()
  await settled(page)
  assert.match(page.url(), /tenant_id=acme/)
  const tenants = new Set(await page.locator('td[data-title="Tenant"]').allTextContents())
  assert.deepEqual([...tenants], ['acme'])
  // Half past ten in UTC is half past eleven in Berlin in November.
  assert.match(await textOf(page, 'th[data-title="Started"]'), /11:\d\d:\d\d/)
  await page.reload()
  await settled(page)
  assert.match(page.url(), /from=now-15m&zone=local&tenant_id=acme/)
})

test('a chart is read by the keyboard, is there as a table, and as CSV', { skip }, async () => {
  if (!url || !browser) return
  const { page, wrongs } = await openPage(browser, url)
  await page.goto('/console/pools')
  await settled(page)
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate('document.activeElement?.textContent'), 'Skip to the page')
  const card = page.locator('section.kind-line').first()
  await card.locator('.plot-box').focus()
  await page.keyboard.press('ArrowLeft')
  const last = await card.locator('.legend-time').textContent()
  await page.keyboard.press('ArrowLeft')
  assert.notEqual(await card.locator('.legend-time').textContent(), last)
  await card.getByRole('button', { name: /^Table/ }).click()
  assert.ok((await card.locator('tbody tr').count()) > 5)
  const [file] = await Promise.all([page.waitForEvent('download'), card.getByText('CSV').click()])
  assert.match(file.suggestedFilename(), /\.csv$/)
  assert.deepEqual(wrongs, [])
})

test('further settled minutes are shown without a reload', { skip }, async () => {
  if (!url || !browser) return
  const { page } = await openPage(browser, url)
  await page.goto('/console')
  await settled(page)
  await page.locator('.settled.is-live').waitFor()
  const next = Math.floor(NOW_MS / 60_000) * 60
  await clickhouse?.insert('settled_windows', ['window_start', 'settle_version', 'settled_at'], [[next, 1, NOW_MS]])
  await page.getByText('settled until 10:31').waitFor()
})

test('a tenant signs in, sees its own and nobody else, and signs out', { skip }, async t => {
  if (!browser || !clickhouse) return
  const closed = await openConsoleServer(t, { isOpen: false, clickhouse })
  const { page, wrongs } = await openPage(browser, closed)
  await page.goto('/console')
  await page.getByLabel('Token', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
  assert.deepEqual(await violations(page), [])
  // The browser itself notes that the token was refused.
  assert.deepEqual(
    wrongs.splice(0).filter(text => !/ 401 /.test(text)),
    [],
  )
  await page.getByLabel('Token', { exact: true }).fill('fake-acme')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await settled(page)
  for (const path of ['', '/tenants', '/pools', '/fallbacks', '/requests', '/pipeline']) {
    await goTo(page, path)
    const text = await textOf(page, '#app')
    assert.doesNotMatch(text, /globex|umbrella|initech|hooli|cyberdyne|stark|wayne/i, path)
    assert.deepEqual(wrongs, [], path)
  }
  assert.equal(await page.getByRole('link', { name: 'Audit' }).count(), 0)
  assert.deepEqual(await page.evaluate('[document.cookie, Object.keys(sessionStorage).length]'), ['', 0])
  await page.getByRole('button', { name: /Sign out/ }).click()
  await page.getByLabel('Token', { exact: true }).fill('fake-finance')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await settled(page)
  for (const path of ['', '/cost', '/statement', '/tenants/acme']) {
    await goTo(page, path)
    assert.deepEqual(wrongs, [], path)
  }
  await page.getByRole('button', { name: /Sign out/ }).click()
  await page.getByLabel('Token', { exact: true }).waitFor()
})

test('with no data pages say so, and the first leads to how to connect', { skip }, async t => {
  if (!browser) return
  const empty = await openConsoleServer(t, { isOpen: true, clickhouse: (await openTestClickHouse(t)).clickhouse })
  const { page, wrongs } = await openPage(browser, empty)
  await page.goto('/console')
  for (const path of ['', '/pools', '/cost', '/requests', '/audit', '/connect']) {
    await goTo(page, path)
    assert.deepEqual(wrongs, [], path)
  }
  await page.goto('/console')
  await page.getByRole('link', { name: 'Connect a gateway' }).first().click()
  assert.match(await textOf(page, 'main'), /Waiting for a line/)
})
