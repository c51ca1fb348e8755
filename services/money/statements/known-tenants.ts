import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { AppError } from '../../platform/errors.ts'
import type { Terms } from '../terms/terms.ts'
import { HOUSE_TENANT } from './detail.ts'
import { statementTenant } from './month-details.ts'

/** Everybody who may have a statement: tenants of the terms, of settled charges and of closed statements, and the house; in order. */
export async function knownTenants(terms: Terms, clickhouse: ClickHouse): Promise<string[]> {
  const rows = await clickhouse.query<{ tenant_id: string }>(
    `SELECT DISTINCT tenant_id FROM {database}.charges_per_minute UNION DISTINCT SELECT DISTINCT tenant_id FROM {database}.statements`,
  )
  const house = terms.pools.length > 0 ? [HOUSE_TENANT] : []
  return [...new Set([...rows.map(row => statementTenant(row.tenant_id)), ...terms.tenants.map(({ id }) => id), ...house])].sort()
}

/** STATEMENT_TENANT_UNKNOWN for a tenant that is not among the known ones, with the names nearest to it. */
export function checkKnown(tenant: string, known: readonly string[]): void {
  if (known.includes(tenant) || tenant === HOUSE_TENANT) return
  const near = known
    .map(name => ({ name, distance: editDistance(name.toLowerCase(), tenant.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(2, tenant.length / 3) || name.toLowerCase().includes(tenant.toLowerCase()))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 5)
    .map(({ name }) => name)
  const some = known.slice(0, 5).join(', ')
  const hint =
    near.length > 0
      ? `did you mean ${near.join(', ')}?`
      : known.length === 0
        ? 'nothing has been charged to anybody yet'
        : `known are ${some}${known.length > 5 ? ', …' : ''}`
  throw new AppError(
    'STATEMENT_TENANT_UNKNOWN',
    `there is no tenant ${JSON.stringify(tenant.slice(0, 100))}, neither in settled charges nor in the billing terms: ${hint}`,
  )
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (before[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(change, (before[j] as number) + 1, (row[j - 1] as number) + 1))
    }
    before = row
  }
  return before[b.length] as number
}
