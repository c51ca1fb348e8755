import { readTerms } from '../../money/terms/terms-store.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { AnswerDeps } from '../question.ts'

/** Tenants, or patterns of them, that some budget in force at `nowMs` is for; '*' and '': all. Rejects with the codes of the client. */
export async function readBudgetedTenants(nowMs: number, { clickhouse }: AnswerDeps): Promise<readonly string[]> {
  const terms = await readTerms(clickhouse as ClickHouse)
  return terms.budgets
    .filter(budget => budget.valid_from_ms <= nowMs && (budget.valid_to_ms === null || nowMs < budget.valid_to_ms))
    .map(({ scope }) => scope.tenant_id)
}

/** Whether one of the patterns is for the tenant. */
export function isBudgeted(patterns: readonly string[], tenant: string): boolean {
  return patterns.some(pattern => pattern === '' || new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(tenant))
}
