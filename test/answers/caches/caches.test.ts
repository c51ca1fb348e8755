import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cacheSavings, couldHaveSaved } from '../../../services/answers/caches/cache-savings.ts'
import { responseSavings } from '../../../services/answers/caches/caches-question.ts'
import { questions } from '../../../services/answers/questions.ts'
import { answerCommand } from '../../../services/cli/answers/answer-command.ts'
import { rateCharges } from '../../../services/money/charges/rate-charges.ts'
import { formatDecimal, parseDecimal } from '../../../services/money/decimal.ts'
import { readShippedPriceBook } from '../../../services/money/price-book/shipped-price-book.ts'
import { storePrices } from '../../../services/money/price-book/stored-prices.ts'
import { defaultTerms, parseTerms } from '../../../services/money/terms/parse-terms.ts'
import { chargeRow } from '../../api/charge-rows.ts'
import { insertRows, publish, usageRow } from '../../api/fixture.ts'
import { runTool } from '../../cli/run-tool.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { priceRow } from '../../settle/price-rows.ts'

const { book } = await readShippedPriceBook()

/** Charges of Claude Sonnet 4.5 at its list prices: 3 USD a million tokens, 0.30 read from a cache, 3.75 written, 6 for an hour. */
const PRICES = { input: '0.000003', cached_input: '0.0000003', cache_write: '0.00000375', cache_write_1h: '0.000006' }
function quantity(token_kind: keyof typeof PRICES, tokens: number, price: string = PRICES[token_kind]) {
  return {
    ...{ tenant_id: 'acme', route: 'agents', request_model: 'claude-sonnet-4-5', response_model: 'claude-sonnet-4-5-20250929' },
    ...{ upstream_kind: 'provider', upstream: 'anthropic', region: '', service_tier: '', price_key: 'claude-sonnet-4-5-20250929' },
    ...{ price_version: 1, min_input_tokens: 0, token_kind, is_wasted: false, estimate_method: '', currency: 'USD' },
    period_start_ms: Date.UTC(2026, 0, 31),
    list_unit_price: parseDecimal(price),
    quantity: parseDecimal(String(tokens)),
    attempts: 1,
  }
}
const text = (value: bigint | null | undefined) => (value == null ? value : formatDecimal(value))

test('what was read saves the difference to plain input, what was written costs its surcharge, each at its own price', () => {
  const rated = rateCharges(
    [
      quantity('input', 100_000),
      quantity('cached_input', 1_000_000),
      quantity('cache_write', 200_000),
      quantity('cache_write_1h', 100_000),
    ],
    defaultTerms,
  )
  const [sums, ...more] = cacheSavings(rated, { book, terms: defaultTerms })
  assert.equal(more.length, 0)
  // 1 M × (3 − 0.3) and 0.2 M × 0.75 + 0.1 M × 3 USD a million.
  assert.deepEqual([text(sums?.read_saving), text(sums?.write_surcharge)], ['2.7', '0.45'])
  assert.deepEqual(
    [text(sums?.input), text(sums?.cached), text(sums?.written), text(sums?.unpriced)],
    ['1400000', '1000000', '300000', '0'],
  )
})

test('agreed prices, currencies and modifiers of a price hold for what a token would have cost as well', () => {
  const terms = parseTerms(
    `currency: USD
exchange_rates: [{ from: USD, to: EUR, rate: 0.5, valid_from: 2020-01-01, source: test }]
tenants: [{ id: acme, currency: EUR, rate_card: ten }]
rate_cards: [{ id: ten, terms: [{ id: ten, match: { provider: anthropic }, discount: 0.1 }] }]
`,
    { file: 'test', version: 1 },
  )
  const saved = (price?: string) => {
    const rated = rateCharges([quantity('cached_input', 1_000_000, price)], terms)
    return cacheSavings(rated, { book, terms }).map(({ read_saving, currency }) => [text(read_saving), currency])
  }
  assert.deepEqual(saved(), [['1.215', 'EUR']])
  // Fast mode at twice the price: both kinds are twice as dear.
  assert.deepEqual(saved('0.0000006'), [['2.43', 'EUR']])
})

test('a better hit share saves the missing tokens at what a cached token saved; none read means that nobody knows', () => {
  const rated = rateCharges([quantity('input', 600_000), quantity('cached_input', 400_000)], defaultTerms)
  const [sums] = cacheSavings(rated, { book, terms: defaultTerms })
  assert.ok(sums)
  assert.equal(text(couldHaveSaved(sums, 0.7)), '0.81')
  assert.equal(text(couldHaveSaved(sums, 0.3)), '0')
  assert.equal(couldHaveSaved({ ...sums, cached: 0n }, 0.7), null)
})

test('tokens of a cache without a price of the other kind are said to be unpriced, not free', () => {
  const unknown = { ...quantity('cached_input', 1000), upstream: 'nobody', price_key: 'none', request_model: 'x', response_model: 'x' }
  const [sums] = cacheSavings(rateCharges([unknown], defaultTerms), { book, terms: defaultTerms })
  assert.deepEqual([text(sums?.unpriced), text(sums?.read_saving)], ['1000', '0'])
})

test('an answer out of the gateway’s cache is worth its tokens at the mean cost of those that models answered', () => {
  const charges = rateCharges([quantity('input', 900), quantity('cached_input', 100)], defaultTerms)
  const hit = {
    tenant_id: 'acme',
    route: 'agents',
    request_model: 'claude-sonnet-4-5',
    hits: 3,
    hit_tokens: '500',
    requests: 10,
    cached_tokens: 0,
  }
  const found = responseSavings([hit, { ...hit, route: 'other' }], { charges, requests: [] })
  // (900 × 3 + 100 × 0.3) / 1000 × 500, in millionths of a dollar.
  assert.deepEqual(
    found.map(({ hits, saved }) => [hits, text(saved)]),
    [[3, '0.001365']],
  )
})

test('asked over settled minutes it tells what was saved and what the own best days would have saved more', async t => {
  const database = await openTestClickHouse(t)
  const { clickhouse } = database
  const price = (token_kind: 'input' | 'cached_input', unit_price: string) =>
    priceRow({ provider: 'openai', model: 'gpt-4o', token_kind, unit_price, version: 1 })
  await storePrices(
    [price('input', '0.001'), price('cached_input', '0.0001')],
    { kind: 'import', imported_by: 'test', reason: 'test', source: 'test' },
    clickhouse,
  )
  await publish(clickhouse, '09:00', 1)
  const tokens = (input_tokens: number, cached_input_tokens: number) => ({ requests: 5, input_tokens, cached_input_tokens })
  const days = [1, 2, 3, 4, 5, 6].map(day => Date.UTC(2026, 0, 31 - day, 9) / 1000)
  await clickhouse.insert(
    'settled_windows',
    ['window_start', 'settle_version'],
    days.map(start => [start, 1]),
  )
  await insertRows(clickhouse, 'usage_per_minute', [
    usageRow('09:00', 'acme', tokens(1000, 200)),
    ...days.map(window_start => usageRow('09:00', 'acme', { ...tokens(1000, 500), window_start })),
  ])
  await insertRows(clickhouse, 'charges_per_minute', [
    chargeRow('09:00', 'acme', { quantity: 800 }),
    chargeRow('09:00', 'acme', { token_kind: 'cached_input', quantity: 200, unit_price: '0.0001' }),
  ])
  const question = questions.find(({ name }) => name === 'caches')
  assert.ok(question)
  const run = await runTool(answerCommand(question), ['--since', '6h', '--format', 'json'], database, {
    nowMs: Date.parse('2026-01-31T09:59:30Z'),
  })
  assert.equal(run.code, 0, run.err)
  const [finding] = JSON.parse(run.out).findings
  assert.deepEqual([finding.saved, finding.best_share, finding.could_have_saved, finding.cached_share], ['0.18', 0.5, '0.27', 0.2], run.out)
})
