import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatDecimal, parseDecimal } from '../../../services/money/decimal.ts'
import { type FocusRow, focusColumns } from '../../../services/money/focus/columns.ts'
import { focusCsv } from '../../../services/money/focus/csv.ts'
import { focusRows } from '../../../services/money/focus/rows.ts'
import type { Statement, StatementDetail } from '../../../services/money/statements/statement.ts'
import { commitments, detail, details, flat, gpu, statementOf } from './hand-made.ts'

const all = [...details, ...commitments]

function rowsOf(of: readonly StatementDetail[], changes: Partial<Statement> = {}): FocusRow[] {
  return [...focusRows(statementOf(of, changes))]
}

function first(of: StatementDetail): FocusRow {
  return rowsOf([of])[0] ?? assert.fail()
}

function pick(row: FocusRow, ...names: (keyof FocusRow)[]): Record<string, string | null> {
  return Object.fromEntries(names.map(name => [name, row[name]]))
}

function total(rows: readonly FocusRow[], column: keyof FocusRow): string {
  return formatDecimal(rows.reduce((sum, row) => sum + parseDecimal(row[column] ?? '0'), 0n))
}

test('the billed costs of an invoice are its payable amount, exactly, rounding being a row of its own', () => {
  const rows = rowsOf(all)
  const statement = statementOf(all)
  assert.equal(total(rows, 'BilledCost'), formatDecimal(statement.payable))
  const last = rows.at(-1) ?? assert.fail()
  assert.deepEqual(pick(last, 'ChargeCategory', 'SkuId', 'ListUnitPrice', 'PricingQuantity', 'ConsumedQuantity'), {
    ChargeCategory: 'Adjustment',
    SkuId: null,
    ListUnitPrice: null,
    PricingQuantity: null,
    ConsumedQuantity: null,
  })
  for (const column of ['ListCost', 'ContractedCost', 'EffectiveCost'] as const) assert.equal(last[column], last.BilledCost)
  const amounts = fc.array(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), { maxLength: 30 })
  fc.assert(
    fc.property(amounts, fc.bigInt({ min: -(10n ** 10n), max: 10n ** 10n }), (costs, cents) => {
      const lines = costs.map(cost => detail({ precise_cost: cost }))
      const rows = rowsOf(lines, { payable: cents * 10n ** 16n })
      assert.equal(total(rows, 'BilledCost'), formatDecimal(cents * 10n ** 16n))
    }),
  )
})

test('the rounding line of a statement is not counted twice', () => {
  const of = [detail({ precise_cost: parseDecimal('1.004') }), flat('0', { meter: 'rounding', charge_category: 'Adjustment' })]
  const rows = rowsOf(of, { payable: parseDecimal('1') })
  assert.deepEqual(
    rows.map(row => row.BilledCost),
    ['1.004', '-0.004'],
  )
})

test('tokens of a provider: list, contracted and billed cost with their prices and SKU', () => {
  assert.deepEqual(
    pick(
      first(details[1] as StatementDetail),
      ...([
        'ListUnitPrice',
        'ListCost',
        'ContractedUnitPrice',
        'ContractedCost',
        'EffectiveCost',
        'BilledCost',
        'ConsumedQuantity',
      ] as const),
      ...(['ConsumedUnit', 'PricingUnit', 'PricingCategory', 'ChargeFrequency', 'SkuId', 'SkuMeter', 'SkuPriceId', 'RegionId'] as const),
      ...(['ProviderName', 'PublisherName', 'InvoiceIssuerName', 'ServiceName', 'x_RateTerm', 'x_IsWasted'] as const),
    ),
    {
      ListUnitPrice: '0.000015',
      ListCost: '4.999995',
      ContractedUnitPrice: '0.0000135',
      ContractedCost: '4.4999955',
      EffectiveCost: '4.4999955',
      BilledCost: '4.4999955',
      ConsumedQuantity: '333333.0',
      ConsumedUnit: 'Tokens',
      PricingUnit: 'Tokens',
      PricingCategory: 'Standard',
      ChargeFrequency: 'Usage-Based',
      SkuId: 'openai/gpt-4o:output',
      SkuMeter: 'Output Tokens',
      SkuPriceId: 'openai/gpt-4o:output:gpt-4o:standard:base:eu-west-1:v1',
      RegionId: 'eu-west-1',
      ProviderName: 'Platform Team',
      PublisherName: 'openai',
      InvoiceIssuerName: 'Platform Team',
      ServiceName: 'Model Inference',
      x_RateTerm: 'ten-off',
      x_IsWasted: 'true',
    },
  )
})

test('a price in another currency stands beside the price in the currency of the bill', () => {
  assert.deepEqual(
    pick(
      first(details[5] as StatementDetail),
      ...(['BillingCurrency', 'ListUnitPrice', 'PricingCurrency', 'PricingCurrencyListUnitPrice'] as const),
      ...(['PricingCurrencyEffectiveCost', 'x_ExchangeRate', 'ListCost'] as const),
    ),
    {
      BillingCurrency: 'USD',
      // 0.0000021 × 1.0837
      ListUnitPrice: '0.00000227577',
      PricingCurrency: 'EUR',
      PricingCurrencyListUnitPrice: '0.0000021',
      // 123457 × 0.0000021
      PricingCurrencyEffectiveCost: '0.2592597',
      x_ExchangeRate: '1.0837',
      ListCost: '0.28095973689',
    },
  )
})

test('unpriced is told apart from free', () => {
  const names = ['ListUnitPrice', 'ListCost', 'PricingCategory', 'x_IsUnpriced'] as const
  const unpriced = first(detail({ price_key: '', price_version: 0, list_unit_price: null, contracted_unit_price: null }))
  assert.deepEqual(pick(unpriced, ...names), { ListUnitPrice: '0.0', ListCost: '0.0', PricingCategory: 'Other', x_IsUnpriced: 'true' })
  assert.match(unpriced.SkuPriceId ?? '', /:unpriced:/)
  const free = first(detail({ list_unit_price: 0n }))
  assert.deepEqual(pick(free, ...names), { ListUnitPrice: '0.0', ListCost: '0.0', PricingCategory: 'Standard', x_IsUnpriced: 'false' })
})

test('GPU time has hours as quantity and its cost per hour as price; cost without hours is one unit', () => {
  const busy = first(gpu('9', 'gpu_busy', '0.6', '4.5'))
  assert.deepEqual(pick(busy, 'PricingQuantity', 'PricingUnit', 'ListUnitPrice', 'ListCost', 'ResourceId', 'SkuId'), {
    PricingQuantity: '4.5',
    PricingUnit: 'GPU-Hours',
    ListUnitPrice: '2.0',
    ListCost: '9.0',
    ResourceId: 'pool/llama',
    SkuId: 'llama/llama-3:gpu_busy',
  })
  const overhead = first(gpu('0.5', 'gpu_idle', '0.1', '0'))
  assert.deepEqual(pick(overhead, 'PricingQuantity', 'PricingUnit', 'ListUnitPrice'), {
    PricingQuantity: '1.0',
    PricingUnit: 'Units',
    ListUnitPrice: '0.5',
  })
})

test('a correction names what it corrects, in the period in which the cost was incurred', () => {
  const names = [
    'ChargeClass',
    'BillingPeriodStart',
    'ChargePeriodStart',
    'ChargePeriodEnd',
    'x_CorrectsStatement',
    'x_CorrectionReason',
  ] as const
  assert.deepEqual(pick(first(details[12] as StatementDetail), ...names), {
    ChargeClass: 'Correction',
    BillingPeriodStart: '2026-01-31T23:00:00Z',
    ChargePeriodStart: '2026-01-09T23:00:00Z',
    ChargePeriodEnd: '2026-01-10T23:00:00Z',
    x_CorrectsStatement: 'acme-2026-01',
    x_CorrectionReason: 'price',
  })
})

test('a draft has no invoice', () => {
  assert.deepEqual(new Set(rowsOf(all, { status: 'draft' }).map(row => row.InvoiceId)), new Set([null]))
  assert.deepEqual(new Set(rowsOf(all).map(row => row.InvoiceId)), new Set(['acme-2026-02']))
})

test('the parts of a commitment sum to its purchase', () => {
  const rows = rowsOf(commitments).filter(row => row.CommitmentDiscountId === 'acme-500')
  const used = rows.filter(row => row.ChargeCategory === 'Usage')
  assert.equal(total(used, 'EffectiveCost'), total(rows, 'BilledCost'))
})

test('price times quantity is the cost exactly, and as near as floats can be for a reader that uses them', () => {
  const price = fc.bigInt({ min: 0n, max: 10n ** 15n })
  fc.assert(
    fc.property(price, price, fc.nat({ max: 2 ** 40 }), (list, contracted, quantity) => {
      const of = detail({ list_unit_price: list, contracted_unit_price: contracted, quantity: parseDecimal(String(quantity)) })
      const row = first(of)
      assert.equal(row.ListCost?.replace(/\.0$/, ''), formatDecimal(list * BigInt(quantity)))
      assert.equal(row.ContractedCost?.replace(/\.0$/, ''), formatDecimal(contracted * BigInt(quantity)))
      // The tolerance of the official validator.
      const product = Number(row.ListUnitPrice) * Number(row.PricingQuantity)
      assert.ok(Math.abs(product - Number(row.ListCost)) <= 1e-9 * Math.max(Number(row.ListCost), 1))
    }),
  )
})

test('every cell is written as its type wants it', () => {
  const columns = focusColumns({ isSplitCost: true, version: '1.3' })
  for (const row of rowsOf(all)) {
    assert.deepEqual(Object.keys(row).sort(), columns.map(column => column.name).sort())
    for (const { name, type, isNullable } of columns) {
      const cell = row[name]
      if (cell === null) {
        assert.ok(isNullable, `${name} must not be null`)
        continue
      }
      assert.match(cell, /^[\x20-\x7e]+$/, name)
      if (type === 'Decimal') assert.match(cell, /^-?\d+\.\d+$/, name)
      if (type === 'DateTime') assert.match(cell, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, name)
      if (type === 'JSON' && name === 'Tags') assert.deepEqual(JSON.parse(cell), { env: 'prod', größe: 'groß' })
    }
  }
})

test('names lose accents, ids keep what they are, so that two are never one', () => {
  const [row] = focusRows(statementOf(details, { tenant_id: 'größe\n日', tenant_name: 'Müller 日本' }))
  assert.equal(row?.BillingAccountId, 'gr\\u00f6\\u00dfe\\u000a\\u65e5')
  assert.equal(row?.BillingAccountName, 'Muller \\u65e5\\u672c')
})

test('CSV: FOCUS columns first, own columns last, quotes doubled, the split only where asked for', async () => {
  const lines = async (isSplitCost: boolean) => {
    const found: string[] = []
    for await (const line of focusCsv(rowsOf(all), { isSplitCost })) found.push(line)
    return found
  }
  const plain = await lines(false)
  const names = plain[0]?.trim().split(',') ?? []
  const own = names.findIndex(name => name.startsWith('x_'))
  assert.equal(own, 57)
  assert.ok(names.slice(own).every(name => name.startsWith('x_')))
  assert.deepEqual(names.slice(0, own), names.slice(0, own).sort())
  assert.match(plain[2] ?? '', /,"gpt-4o, output ""tokens"", all",/)
  assert.ok(plain.every(line => line.endsWith('\r\n')))
  const split = (await lines(true))[0]?.trim().split(',') ?? []
  assert.deepEqual(
    split.filter(name => !names.includes(name)),
    ['AllocatedMethodDetails', 'AllocatedMethodId', 'AllocatedResourceId', 'AllocatedResourceName', 'AllocatedTags'],
  )
})

test('a share of a split cost tells method, origin and ratio, exactly', () => {
  const row = first(gpu('9', 'gpu_busy', '0.333333333333333333', '4.5'))
  assert.deepEqual(pick(row, 'AllocatedMethodId', 'AllocatedResourceId', 'AllocatedMethodDetails'), {
    AllocatedMethodId: 'weighted-tokens',
    AllocatedResourceId: 'pool/llama',
    AllocatedMethodDetails: '{"Elements":[{"AllocatedRatio":0.333333333333333333,"UsageUnit":"GPU-Hours","UsageQuantity":4.5}]}',
  })
  assert.equal(first(detail()).AllocatedMethodId, null)
})

test('a correction of GPU time has no price per unit: its cost by its hours would be one below zero', () => {
  const row = first({ ...gpu('-3', 'gpu_busy', '0.5', '1.5'), charge_class: 'Correction', corrects_statement: 'acme-2026-01' })
  assert.deepEqual(pick(row, 'ListUnitPrice', 'PricingCurrencyListUnitPrice', 'ContractedUnitPrice', 'ListCost', 'PricingQuantity'), {
    ListUnitPrice: null,
    PricingCurrencyListUnitPrice: null,
    ContractedUnitPrice: null,
    ListCost: '-3.0',
    PricingQuantity: '1.5',
  })
})

test('what is counted in requests is not called tokens', () => {
  const row = first(detail({ meter: 'web_search', unit: 'Searches', quantity: parseDecimal('3'), list_unit_price: parseDecimal('0.01') }))
  assert.deepEqual(pick(row, 'SkuMeter', 'PricingUnit', 'ConsumedUnit', 'ListCost'), {
    SkuMeter: 'Web Searches',
    PricingUnit: 'Searches',
    ConsumedUnit: 'Searches',
    ListCost: '0.03',
  })
})

test('a price that only the rate card knows is not unpriced', () => {
  const row = first(detail({ list_unit_price: null, contracted_unit_price: parseDecimal('0.000002') }))
  assert.deepEqual(pick(row, 'x_IsUnpriced', 'PricingCategory', 'ContractedCost'), {
    x_IsUnpriced: 'false',
    PricingCategory: 'Standard',
    ContractedCost: '2.0',
  })
})
