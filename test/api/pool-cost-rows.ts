import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { insertRows, minute } from './fixture.ts'

type Cells = Readonly<Record<string, unknown>>

/** The hour that the rows are of. */
const hour = { hour_start: minute('09:00'), published_version: 1, terms_version: 1, currency: 'USD', period_start: minute('09:00') }

/** A published share of pool llama, busy, from 09:00 to 10:00; `cells` overrides. */
export function poolShareRow(tenant_id: string, cells: Cells = {}): Cells {
  return {
    ...hour,
    period_end: minute('10:00'),
    pool: 'llama',
    model: 'llama-3',
    kind: 'busy',
    tenant_id,
    cost: '1',
    gpu_hours: '1',
    ...cells,
  }
}

/** The published use of a pool from 09:00 to 10:00: half used, 1 million tokens, 8 USD; `cells` overrides. */
export function poolUseRow(pool: string, cells: Cells = {}): Cells {
  const costs = { cost: '8', busy_cost: '4', idle_cost: '3', unattributed_cost: '1' }
  const hours = { gpu_hours: '4', measured_gpu_hours: '4', busy_gpu_hours: '2', minutes: 60, measured_minutes: 60 }
  const tokens = { input_tokens: 900_000, cached_input_tokens: 100_000, output_tokens: 100_000 }
  return {
    ...hour,
    period_end: minute('10:00'),
    pool,
    ...costs,
    ...hours,
    ...tokens,
    utilisation_source: 'gpu',
    compared_cost: '2',
    ...cells,
  }
}

/** Writes both as the publishing process does. */
export async function insertPoolCosts(clickhouse: ClickHouse, shares: readonly Cells[], use: readonly Cells[]): Promise<void> {
  for (const row of shares) await insertRows(clickhouse, 'gpu_pool_cost_per_hour', [row])
  for (const row of use) await insertRows(clickhouse, 'gpu_pool_use_per_hour', [row])
}
