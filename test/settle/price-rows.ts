import type { PriceRow } from '../../services/money/price-book/price-row.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'

/** A price per token in force at all times; `facts` overrides. */
export function priceRow(facts: Partial<PriceRow>): PriceRow {
  return {
    provider: 'openai',
    model: 'gpt-4o',
    token_kind: 'input',
    service_tier: '',
    min_input_tokens: 0,
    threshold_operator: '>',
    region_factor: '',
    modifier_factor: '',
    unit: 'token',
    unit_price: '0',
    currency: 'USD',
    valid_from: 0,
    valid_to: null,
    source: 'test',
    version: 1,
    ...facts,
  }
}

/** Adds rows to the book as they are, and puts their versions in force. */
export async function insertPrices(clickhouse: ClickHouse, rows: readonly PriceRow[]): Promise<void> {
  const columns = Object.keys(priceRow({})) as (keyof PriceRow)[]
  await clickhouse.insert(
    'prices',
    columns,
    rows.map(row => columns.map(column => row[column])),
  )
  await putInForce(clickhouse, new Set(rows.map(row => row.version)))
}

/** The trail rows that put versions in force. */
export async function putInForce(clickhouse: ClickHouse, versions: Iterable<number>): Promise<void> {
  await clickhouse.insert(
    'price_imports',
    ['version', 'kind', 'source'],
    [...versions].map(version => [version, 'import', 'test']),
  )
}
