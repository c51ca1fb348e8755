import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatDecimal, parseDecimal } from '../../../services/money/decimal.ts'
import { CAUSES } from '../../../services/money/reconcile/causes.ts'
import type { ChargedLine, InvoiceLine } from '../../../services/money/reconcile/invoice-line.ts'
import { canonicalModel } from '../../../services/money/reconcile/model-match.ts'
import { reconcile } from '../../../services/money/reconcile/reconcile.ts'

const DAY = '2026-10-05'

function theirs(kind: string, quantity: number | null, cost: string, facts: Partial<InvoiceLine> = {}): InvoiceLine {
  return {
    place: 'invoice.csv:2',
    provider: 'openai',
    model: 'gpt-4o',
    day: DAY,
    kind,
    quantity: quantity === null ? null : parseDecimal(String(quantity)),
    cost: parseDecimal(cost),
    currency: 'USD',
    cost_digits: cost.split('.')[1]?.length ?? 0,
    ...facts,
  }
}

function ours(
  kind: string,
  quantity: number,
  cost: string,
  wasted: [number, string] = [0, '0'],
  facts: Partial<ChargedLine> = {},
): ChargedLine {
  return {
    provider: 'openai',
    models: ['gpt-4o'],
    day: DAY,
    kind,
    quantity: parseDecimal(String(quantity)),
    cost: parseDecimal(cost),
    wasted_quantity: parseDecimal(String(wasted[0])),
    wasted_cost: parseDecimal(wasted[1]),
    currency: 'USD',
    ...facts,
  }
}

/** The causes that are not 0, as text. */
function causesOf(invoice: InvoiceLine[], charged: ChargedLine[]): Record<string, string> {
  const { causes } = reconcile(invoice, charged, 'USD')
  return Object.fromEntries([...causes].filter(([, amount]) => amount !== 0n).map(([cause, amount]) => [cause, formatDecimal(amount)]))
}

test('equal sides differ by nothing', () => {
  assert.deepEqual(causesOf([theirs('input', 1_000_000, '2.5')], [ours('input', 1_000_000, '2.5')]), {})
})

test('traffic that did not pass the gateway is not_seen, at their price', () => {
  // 1.2 million at 2.50 a million: 3.00; we saw a million.
  assert.deepEqual(causesOf([theirs('input', 1_200_000, '3')], [ours('input', 1_000_000, '2.5')]), { not_seen: '0.5' })
  assert.deepEqual(causesOf([theirs('input', 1000, '2.5', { model: 'gpt-5' })], []), { not_seen: '2.5' })
})

test('traffic that they do not bill is not_billed, at our price', () => {
  assert.deepEqual(causesOf([theirs('input', 800_000, '2')], [ours('input', 1_000_000, '2.5')]), { not_billed: '-0.5' })
  assert.deepEqual(causesOf([], [ours('input', 1_000_000, '2.5')]), { not_billed: '-2.5' })
})

test('cached tokens billed as plain input are the cache convention', () => {
  // They bill 1 million input at 2.50; we had 600,000 uncached (1.50) and 400,000 cached at half price (0.50).
  const charged = [ours('input', 600_000, '1.5'), ours('cached_input', 400_000, '0.5')]
  assert.deepEqual(causesOf([theirs('input', 1_000_000, '2.5')], charged), { cache_convention: '0.5' })
})

test('input that counts cached tokens which are billed apart costs nothing more, or is billed twice', () => {
  const charged = [ours('input', 600_000, '1.5'), ours('cached_input', 400_000, '0.5')]
  const cached = theirs('cached_input', 400_000, '0.5')
  assert.deepEqual(causesOf([theirs('input', 1_000_000, '1.5'), cached], charged), {})
  assert.deepEqual(causesOf([theirs('input', 1_000_000, '2.5'), cached], charged), { cache_convention: '1' })
})

test('failed attempts that they do not bill are billed_failures', () => {
  const charged = [ours('output', 100_000, '1', [20_000, '0.2'])]
  assert.deepEqual(causesOf([theirs('output', 80_000, '0.8')], charged), { billed_failures: '-0.2' })
  // Lacking more than what failed: the rest is traffic that they do not bill.
  assert.deepEqual(causesOf([theirs('output', 70_000, '0.7')], charged), { billed_failures: '-0.2', not_billed: '-0.1' })
  assert.deepEqual(causesOf([theirs('output', null, '0.8')], charged), { billed_failures: '-0.2' })
})

test('equal quantities at another price, and credits, are a price difference', () => {
  assert.deepEqual(causesOf([theirs('input', 1_000_000, '2.25')], [ours('input', 1_000_000, '2.5')]), { price_difference: '-0.25' })
  const credit = theirs('discount', null, '-0.75', { model: '' })
  assert.deepEqual(causesOf([theirs('input', 1_000_000, '2.5'), credit], [ours('input', 1_000_000, '2.5')]), { price_difference: '-0.75' })
})

test('tokens billed on the day before or after are a time-zone cut, which cancels', () => {
  const invoice = [theirs('input', 700_000, '1.75', { day: '2026-10-05' }), theirs('input', 1_300_000, '3.25', { day: '2026-10-06' })]
  const charged = [
    ours('input', 1_000_000, '2.5', [0, '0'], { day: '2026-10-05' }),
    ours('input', 1_000_000, '2.5', [0, '0'], { day: '2026-10-06' }),
  ]
  const report = reconcile(invoice, charged, 'USD')
  assert.equal(report.causes.get('time_zone_cut'), 0n)
  assert.deepEqual(
    report.rows.map(row => [row.day, formatDecimal(row.causes.get('time_zone_cut') ?? 0n), formatDecimal(row.difference)]),
    [
      ['2026-10-05', '-0.75', '-0.75'],
      ['2026-10-06', '0.75', '0.75'],
    ],
  )
  const apart = [invoice[0] as InvoiceLine, { ...(invoice[1] as InvoiceLine), day: '2026-10-08' }]
  assert.equal(reconcile(apart, charged, 'USD').causes.get('not_seen'), parseDecimal('3.25'), 'days that are not neighbours do not cancel')
})

test('half a unit of the last digit written is rounding, more is not', () => {
  assert.deepEqual(causesOf([theirs('input', 1001, '0.01')], [ours('input', 1001, '0.0125')]), { rounding: '-0.0025' })
  assert.deepEqual(causesOf([theirs('input', 1001, '0.02')], [ours('input', 1001, '0.0125')]), { price_difference: '0.0075' })
})

test('an amount without a quantity that differs is unexplained', () => {
  assert.deepEqual(causesOf([theirs('input', null, '4')], [ours('input', 1_000_000, '2.5')]), { unexplained: '1.5' })
})

test('an amount without a quantity is parted into price and volume where the book tells the price it was billed at', () => {
  const charged = (...prices: string[]) => [
    ours('input', 1_000_000, '2.5', [0, '0'], { book_prices: prices.map(price => parseDecimal(price)) }),
  ]
  // The only price: what differs is volume.
  assert.deepEqual(causesOf([theirs('input', null, '3')], charged('0.0000025')), { not_seen: '0.5' })
  assert.deepEqual(causesOf([theirs('input', null, '2')], charged('0.0000025')), { not_billed: '-0.5' })
  // Just what we saw at another price of the book.
  assert.deepEqual(causesOf([theirs('input', null, '3')], charged('0.0000025', '0.000003', '0.000005')), { price_difference: '0.5' })
  // 1,100,001 tokens at 0.000003; 0.0000025 would not come to whole tokens.
  const exact = theirs('input', null, '3.300003')
  assert.deepEqual(
    causesOf([exact], charged('0.0000025', '0.000003')),
    { unexplained: '0.800003' },
    'half a millionth says nothing of whole tokens',
  )
  const exacter = { ...exact, cost_digits: 12 }
  assert.deepEqual(causesOf([exacter], charged('0.0000025', '0.000003')), { price_difference: '0.5', not_seen: '0.300003' })
  assert.deepEqual(causesOf([theirs('input', null, '4')], charged('0.0000025', '0.000002')), { unexplained: '1.5' }, 'both would do')
})

test('a row is named as the invoice names the model, as we do where it does not', () => {
  const invoice = [theirs('input', 10, '1', { model: 'anthropic.claude-opus-4-6-v1:0' })]
  const charged = [ours('input', 10, '1', [0, '0'], { models: ['Claude Opus 4.6'] }), ours('input', 5, '1', [0, '0'], { models: ['o3'] })]
  assert.deepEqual(
    reconcile(invoice, charged, 'USD')
      .rows.map(row => row.model)
      .sort(),
    ['anthropic.claude-opus-4-6-v1:0', 'o3'],
  )
})

test('an export without amounts is valued at our prices, so only quantities differ', () => {
  const usage = theirs('input', 1_500_000, '0', { cost: null })
  assert.deepEqual(causesOf([usage], [ours('input', 1_000_000, '2.5')]), { not_seen: '1.25' })
})

test('a report of costs and one of usage together tell the price', () => {
  const usage = theirs('input', 1_000_000, '0', { cost: null })
  const cost = theirs('input', null, '3')
  assert.deepEqual(causesOf([usage, cost], [ours('input', 1_000_000, '2.5')]), { price_difference: '0.5' })
  assert.deepEqual(causesOf([theirs('input', 1_200_000, '0', { cost: null }), cost], [ours('input', 1_000_000, '2.5')]), {
    not_seen: '0.5',
  })
})

test('names of one model meet, dated versions stay apart where both sides tell them', () => {
  for (const name of [
    'anthropic.claude-opus-4-6-v1:0',
    'Claude Opus 4.6',
    'Claude4.6Opus',
    'claude-opus-4-6@20260205',
    'claude-opus-4-6-20260205',
  ])
    assert.equal(canonicalModel(name), canonicalModel('claude-opus-4-6'), name)
  assert.notEqual(canonicalModel('gpt-4o-mini'), canonicalModel('gpt-4o'))
  const two = ['gpt-4o-2024-05-13', 'gpt-4o-2024-08-06']
  const rows = reconcile(
    two.map(model => theirs('input', 10, '1', { model })),
    two.map(model => ours('input', 10, '1', [0, '0'], { models: [model] })),
    'USD',
  ).rows
  assert.deepEqual(
    rows.map(row => row.model),
    two,
  )
})

const amount = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n })
const size = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 10n ** 27n }))
const place = {
  provider: fc.constantFrom('openai', 'anthropic'),
  day: fc.constantFrom('2026-02-28', '2026-03-01', '2026-03-02', '2026-03-03'),
  currency: fc.constant('USD'),
}
const kinds = fc.constantFrom('input', 'cached_input', 'cache_write', 'cache_write_1h', 'output', 'reasoning')
const names = ['gpt-4o', 'gpt-4o-2024-08-06', 'o3']
const anyInvoice = fc.record({
  ...place,
  day: fc.oneof({ weight: 20, arbitrary: place.day }, { weight: 1, arbitrary: fc.constant('') }),
  place: fc.constant('a:1'),
  model: fc.constantFrom(...names, ''),
  kind: fc.oneof({ weight: 9, arbitrary: kinds }, fc.constantFrom('other', 'discount', '')),
  quantity: fc.oneof({ weight: 5, arbitrary: size }, fc.constant(null)),
  cost: fc.oneof({ weight: 5, arbitrary: amount }, fc.constant(null)),
  cost_digits: fc.nat(18),
})
const anyCharge = fc
  .record({
    ...place,
    models: fc.constantFrom(...names).map(name => [name]),
    kind: kinds,
    rest: size,
    cost: size,
    wasted_quantity: size,
    wasted_cost: size,
    book_prices: fc.array(fc.bigInt({ min: 0n, max: 10n ** 14n }), { maxLength: 2 }),
  })
  .map(({ rest, cost, ...line }): ChargedLine => ({ ...line, quantity: rest + line.wasted_quantity, cost: cost + line.wasted_cost }))

test('whatever the lines: causes sum to invoice − ours, in each row and in all, and the order of lines changes nothing', () => {
  fc.assert(
    fc.property(fc.array(anyInvoice, { maxLength: 25 }), fc.array(anyCharge, { maxLength: 25 }), (invoice, charged) => {
      const report = reconcile(invoice, charged, 'USD')
      const sum = (values: Iterable<bigint>) => [...values].reduce((total, value) => total + value, 0n)
      for (const row of report.rows) assert.equal(sum(row.causes.values()), row.their_cost - row.our_cost)
      const ourTotal = sum(charged.map(line => line.cost))
      assert.equal(report.our_total, ourTotal)
      if (invoice.some(line => line.cost !== null)) assert.equal(report.invoice_total, sum(invoice.map(line => line.cost ?? 0n)))
      assert.equal(sum(report.causes.values()), report.invoice_total - ourTotal)
      assert.deepEqual([...report.causes.keys()], Object.keys(CAUSES))
      assert.deepEqual(reconcile(invoice.toReversed(), charged.toReversed(), 'USD'), report)
    }),
    { numRuns: 300 },
  )
})
