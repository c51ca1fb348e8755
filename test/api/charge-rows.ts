import { planTerms, storeTerms } from '../../services/money/terms/terms-store.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { NOW_MS, rowNames } from './fixture.ts'

type Cells = Readonly<Record<string, unknown>>

/** A row of charges_per_minute in version 1: 1,000 input tokens of gpt-4o at 0.001 USD; `cells` overrides. */
export function chargeRow(clock: string, tenant_id: string, cells: Cells = {}): Cells {
  return {
    ...rowNames(clock, tenant_id),
    service_tier: 'standard',
    price_key: 'gpt-4o',
    price_version: 1,
    token_kind: 'input',
    currency: 'USD',
    unit_price: '0.001',
    quantity: 1000,
    attempts: 1,
    ...cells,
  }
}

/** A row of cost_drift_per_minute in version 1: 10 USD ours, 8 USD reported; `cells` overrides. */
export function driftRow(clock: string, tenant_id: string, cells: Cells = {}): Cells {
  return {
    ...rowNames(clock, tenant_id),
    attempts: 2,
    currency: 'USD',
    list_cost: '10',
    reported_currency: 'USD',
    reported_cost: '8',
    ...cells,
  }
}

/** Puts a text in force as the next version of the billing terms. */
export async function importTerms(clickhouse: ClickHouse, text: string): Promise<void> {
  const plan = await planTerms(text, 'test', NOW_MS, clickhouse)
  await storeTerms(text, plan, { kind: 'correct', imported_by: 'test', reason: 'test', source: 'test' }, clickhouse)
}
