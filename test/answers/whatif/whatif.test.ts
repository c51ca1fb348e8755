import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { questions } from '../../../services/answers/questions.ts'
import { isChosen, reprice, shareFrom } from '../../../services/answers/whatif/reprice.ts'
import { resizePool } from '../../../services/answers/whatif/resize-pool.ts'
import { answerCommand } from '../../../services/cli/answers/answer-command.ts'
import { rateCharges } from '../../../services/money/charges/rate-charges.ts'
import { add, formatDecimal, parseDecimal } from '../../../services/money/decimal.ts'
import type { PoolPeriodCost } from '../../../services/money/pools/read-pool-costs.ts'
import { readShippedPriceBook } from '../../../services/money/price-book/shipped-price-book.ts'
import { defaultTerms, parseTerms } from '../../../services/money/terms/parse-terms.ts'
import { chargeRow } from '../../api/charge-rows.ts'
import { insertRows, publish } from '../../api/fixture.ts'
import { runTool } from '../../cli/run-tool.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const { book } = await readShippedPriceBook()
const deps = { book, terms: defaultTerms }

/** GPT-4o at its list prices: 2.50 USD a million prompt tokens, 10 answered. */
function quantity(token_kind: string, tokens: number, cells: { tenant_id?: string; price?: string | null } = {}) {
  const price = cells.price === undefined ? { input: '0.0000025', output: '0.00001' }[token_kind] : cells.price
  return {
    ...{ tenant_id: cells.tenant_id ?? 'acme', route: 'chat', request_model: 'gpt-4o', response_model: 'gpt-4o-2024-08-06' },
    ...{ upstream_kind: 'provider', upstream: 'openai', region: '', service_tier: '', price_key: 'gpt-4o-2024-08-06', price_version: 1 },
    ...{ min_input_tokens: 0, token_kind, is_wasted: false, estimate_method: '', currency: 'USD', attempts: 1 },
    period_start_ms: Date.UTC(2026, 0, 31),
    list_unit_price: price == null ? null : parseDecimal(price),
    quantity: parseDecimal(String(tokens)),
  }
}
const charges = rateCharges([quantity('input', 1_000_000), quantity('output', 100_000)], defaultTerms)
const costOf = (change: Parameters<typeof reprice>[1], of = charges, using = deps) =>
  formatDecimal(add(...reprice(of, change, using).map(({ cost }) => cost)))
const all = shareFrom(undefined)
const mini = { provider: 'openai', model: 'gpt-4o-mini' }

test('another model costs the same tokens at its own list prices, and a share of them its part', () => {
  // GPT-4o mini: 0.15 and 0.60 USD a million.
  assert.equal(costOf({ to: mini, share: all }), '0.21')
  assert.equal(costOf({ to: mini, share: shareFrom(0.5) }), formatDecimal(parseDecimal('1.855')))
  assert.equal(costOf({ to: mini, share: shareFrom(0) }), '3.5')
})

test('a discount holds in place of what is agreed on, and for the other model too', () => {
  assert.equal(costOf({ discount: parseDecimal('0.2'), share: all }), '2.8')
  assert.equal(costOf({ to: mini, discount: parseDecimal('0.5'), share: all }), '0.105')
  const agreed = parseTerms(
    `tenants: [{ id: acme, rate_card: card }]
rate_cards: [{ id: card, terms: [{ id: five, discount: 0.05 }] }]
`,
    { file: 'test', version: 1 },
  )
  const rated = rateCharges([quantity('input', 1_000_000)], agreed)
  assert.equal(costOf({ share: all }, rated, { book, terms: agreed }), '2.375', 'nothing changed: as agreed')
  assert.equal(costOf({ discount: parseDecimal('0.2'), share: all }, rated, { book, terms: agreed }), '2')
})

test('what the other model has no price for is told and in no amount', () => {
  const searched = rateCharges([quantity('code_session', 3, { price: '0.03' })], defaultTerms)
  const [one] = reprice(searched, { to: { provider: 'openai', model: 'text-embedding-3-small' }, share: all }, deps)
  assert.deepEqual([one && formatDecimal(one.cost), one && formatDecimal(one.unpriced)], ['0', '3'])
})

test('the same model at the terms in force is what was charged, whatever the quantities', () => {
  const amounts = fc.array(fc.record({ kind: fc.constantFrom('input', 'output'), tokens: fc.nat(10 ** 9) }), { maxLength: 8 })
  fc.assert(
    fc.property(amounts, found => {
      const rated = rateCharges(
        found.map(({ kind, tokens }) => quantity(kind, tokens)),
        defaultTerms,
      )
      const same = { provider: 'openai', model: 'gpt-4o-2024-08-06' }
      assert.equal(costOf({ to: same, share: all }, rated), formatDecimal(add(...rated.map(one => one.effective_cost))))
    }),
    { numRuns: 50 },
  )
})

test('routes, models and providers are chosen by their patterns', () => {
  const [charge] = charges
  assert.ok(charge)
  assert.ok(isChosen({ model: 'gpt-4o*' }, charge) && isChosen({ provider: 'openai', route: 'chat' }, charge) && isChosen({}, charge))
  assert.ok(!isChosen({ route: 'other' }, charge) && !isChosen({ model: 'claude*' }, charge))
})

test('a pool of half the GPUs pays for them alone, reserved ones stay paid, and the same work takes twice its share', () => {
  const terms = parseTerms(
    `pools:
  - pool: llama
    gpus_per_engine: 1
    rates:
      - { id: reserved, purchase: reserved, per_gpu_hour: 2, currency: USD, gpus: 2 }
      - { id: rest, purchase: on_demand, per_gpu_hour: 3, currency: USD }
`,
    { file: 'test', version: 1 },
  )
  const hour = 3_600_000
  const period = {
    allocation: { pool: 'llama', start_ms: 0, end_ms: 2 * hour, cost: parseDecimal('44') },
    summary: { gpu_hours: parseDecimal('16'), measured_gpu_hours: parseDecimal('16'), busy_gpu_hours: parseDecimal('4') },
  } as unknown as PoolPeriodCost
  const found = resizePool([period], 'llama', 4, terms)
  // Two hours of two reserved at 2 and two on demand at 3.
  assert.deepEqual([found && formatDecimal(found.cost_after), found?.gpus_before, found?.busy_ratio], ['20', 8, 0.5])
  const least = resizePool([period], 'llama', 1, terms)
  assert.equal(least && formatDecimal(least.cost_after), '8', 'reserved GPUs are paid for all the same')
  assert.equal(resizePool([period], 'other', 1, terms), undefined)
})

test('asked over settled minutes it tells the cost otherwise, and without a change what to name', async t => {
  const database = await openTestClickHouse(t)
  await publish(database.clickhouse, '09:00', 1)
  await insertRows(database.clickhouse, 'charges_per_minute', [chargeRow('09:00', 'acme'), chargeRow('09:00', 'globex')])
  const question = questions.find(({ name }) => name === 'whatif')
  assert.ok(question)
  const ask = async (...args: string[]) => {
    const nowMs = Date.parse('2026-01-31T09:59:30Z')
    const run = await runTool(answerCommand(question), ['--since', '6h', '--format', 'json', ...args], database, { nowMs })
    assert.equal(run.code, 0, run.err)
    return JSON.parse(run.out)
  }
  const answer = await ask('--discount', '0.25')
  assert.deepEqual(
    answer.findings.map((one: Record<string, unknown>) => [one['tenant_id'], one['cost_before'], one['cost_after']]),
    [
      [null, '2', '1.5'],
      ['acme', '1', '0.75'],
      ['globex', '1', '0.75'],
    ],
  )
  assert.equal(answer.confidence, 'high')
  assert.deepEqual((await ask()).missing, ['a change: to_provider and to_model, discount, or pool and gpus'])
  assert.deepEqual((await ask('--pool', 'llama', '--gpus', '2')).missing, ['a cost of the pool llama in this period (weir pools)'])
  assert.deepEqual((await ask('--to-provider', 'nobody', '--to-model', 'none')).confidence, 'low')
})
