import type { PriceRow } from '../../money/price-book/price-row.ts'
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

/** Adds rows to the book as they are. */
export async function insertPrices(clickhouse: ClickHouse, rows: readonly PriceRow[]): Promise<void> {
  const columns = Object.keys(priceRow({})) as (keyof PriceRow)[]
  await clickhouse.insert(
    'prices',
    columns,
    rows.map(row => columns.map(column => row[column])),
  )
}
