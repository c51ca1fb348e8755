import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { formatDecimal, parseDecimal } from '../../../services/money/decimal.ts'
import { buildDrafts } from '../../../services/money/statements/build-drafts.ts'
import { liveSource } from '../../../services/money/statements/live-source.ts'
import { parseTerms } from '../../../services/money/terms/parse-terms.ts'
import { type GapFacts, termsGaps } from '../../../services/money/terms/terms-gaps.ts'
import { planTerms, storeTerms } from '../../../services/money/terms/terms-store.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { givePrices, MONTH, NOW_MS, sendLines, settle } from '../statements/closing-fixture.ts'

const page = readFileSync(new URL('../../../docs/terms.md', import.meta.url), 'utf8')
const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? ''
const read = (text: string) => parseTerms(text, { file: 'terms.yaml', version: 1 })
const facts: GapFacts = { nowMs: Date.UTC(2026, 9, 12), priceCurrencies: ['USD'], scrapedPools: ['llama-70b-h100'] }

test('the example of the page leaves nothing open, and a month is billed with it to the cent', async t => {
  assert.deepEqual(termsGaps(read(example), facts), [])
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  const plan = await planTerms(example, 'terms.yaml', NOW_MS, clickhouse)
  await storeTerms(example, plan, { kind: 'import', imported_by: 'finance', reason: '', source: 'docs' }, clickhouse)
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 1_000_000 }, { tokens: 3_000_000, tenant: 'globex' }]))
  const drafts = await buildDrafts({ month: MONTH, corrected: [] }, await liveSource(clickhouse))

  // 2.50 USD less 15 % at 0.92; the commitment; three quarters of the audit; its part of 12,000 USD, by 1.955 EUR × 1.087 of 9.625085 USD.
  const micro = (parts: bigint) => (12_000n * 10n ** 18n * parts) / 9_625_085n
  const cents = (amount: bigint) => formatDecimal(((amount + 5n * 10n ** 15n) / 10n ** 16n) * 10n ** 16n)
  const acme = parseDecimal('1.955') + parseDecimal('460') + parseDecimal('621') + (micro(2_125_085n) * 92n) / 100n
  const globex = parseDecimal('7.5') + parseDecimal('225') + micro(7_500_000n)
  // Nobody read the pool: 8 reserved GPUs at 2.10 and 3.50 an hour, for the 745 hours of October in Berlin.
  const house = parseDecimal('20.3') * 745n
  assert.deepEqual(
    drafts.map(draft => [draft.tenant_id, formatDecimal(draft.payable), draft.currency]),
    [
      ['__house__', cents(house), 'USD'],
      ['acme', cents(acme), 'EUR'],
      ['globex', cents(globex), 'USD'],
    ],
  )
})

test('a rate that a shared cost, a budget, a pool or a card will ask for and that is not there is told with who asks', () => {
  const without = example.replace(/.*from: EUR, to: USD.*\n/, '')
  assert.notEqual(without, example)
  const [told, ...more] = termsGaps(read(without), facts)
  assert.deepEqual(more, [])
  assert.match(told ?? '', /^exchange_rates: none from EUR to USD in force on 2026-10-01, asked for by shared cost "platform-team"/)
  assert.match(told ?? '', /"platform-team".*"acme".*budget "acme-monthly"$/)

  const late = read(`currency: GBP
exchange_rates:
  - { from: USD, to: GBP, rate: 0.8, valid_from: 2026-10-05 }
tenants:
  - { id: acme, currency: GBP, rate_card: card }
rate_cards:
  - id: card
    terms:
      - { id: own, unit_price: 0.000001, currency: CHF, valid_from: 2027-01-01 }
      - { id: past, unit_price: 0.000001, currency: JPY, valid_to: 2026-01-01 }
pools:
  - { pool: p, gpu_count: scheduled, idle: kept, rates: [{ id: r, purchase: reserved, per_gpu_hour: 1, currency: SEK, gpus: 1 }] }
`)
  const gaps = termsGaps(late, { ...facts, scrapedPools: undefined })
  assert.deepEqual(
    gaps.map(gap => /from (\w+ to \w+) in force on (\S+),/.exec(gap)?.slice(1)),
    [
      ['USD to GBP', '2026-10-01'],
      ['CHF to USD', '2027-01-01'],
      ['CHF to GBP', '2027-01-01'],
      ['SEK to GBP', '2026-10-01'],
    ],
  )
})

test('a pool that nobody reads and a budget that nothing is held against are told', () => {
  assert.match(
    termsGaps(read(example), { ...facts, scrapedPools: [] })[0] ?? '',
    /^pool "llama-70b-h100": no target.*"h100-on-demand" would pay for no GPU$/,
  )
  assert.deepEqual(termsGaps(read(example), { ...facts, scrapedPools: undefined }), [], 'pods tell their pool themselves')
  const budget = (scope: string, end = '') => `tenants:\n  - { id: acme, team: search }\n  - { id: globex }
budgets:\n  - { id: b, scope: { ${scope} }, amount: 1, currency: USD, period: month${end} }\n`
  const told = (text: string) => termsGaps(read(text), facts)
  assert.match(told(budget('team: serach'))[0] ?? '', /^budget "b": no tenant of the terms is of team "serach"/)
  assert.match(told(budget('tenant_id: globex, team: search'))[0] ?? '', /team "search" and is "globex"/)
  assert.match(told(budget('team: search', ', valid_to: 2026-10-12'))[0] ?? '', /^budget "b": it has ended/)
  for (const fine of ['team: search', 'team: s*', 'tenant_id: unlisted', 'tenant_id: acme, team: search'])
    assert.deepEqual(told(budget(fine)), [], fine)
})
