/** Statements as the product builds them, of a month of random facts. */
import { buildStatement } from '../../../services/money/statements/build-statement.ts'
import { type MonthFacts, monthDetails, tenantTerms } from '../../../services/money/statements/month-details.ts'
import type { Statement } from '../../../services/money/statements/statement.ts'
import { monthOf } from '../statements/random-month.ts'
import { statementOf } from './hand-made.ts'

/** One statement per tenant with charges. */
export function builtStatements(facts: MonthFacts): Statement[] {
  return [...monthDetails(facts)].map(([tenant_id, details]) => {
    const { name: tenant_name, team, cost_centre, gl_code, tags, time_zone, currency } = tenantTerms(facts.terms, tenant_id)
    const { start_ms: period_start_ms, end_ms: period_end_ms } = monthOf(time_zone)
    const who = { issuer: 'Platform team', tenant_id, tenant_name, team, cost_centre, gl_code, tags }
    const { basis } = statementOf([])
    return buildStatement({ ...who, month: '2026-03', time_zone, period_start_ms, period_end_ms, currency, basis }, details)
  })
}
