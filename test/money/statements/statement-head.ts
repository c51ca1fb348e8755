import type { StatementHead } from '../../../services/money/statements/build-statement.ts'
import { noBasis } from './no-basis.ts'
import { monthOf } from './random-month.ts'

/** A tenant's March of 2026 in UTC, from nothing. */
export const statementHead: StatementHead = {
  issuer: 'Platform team',
  tenant_id: 'acme',
  tenant_name: 'Acme',
  team: '',
  cost_centre: '',
  gl_code: '',
  tags: {},
  month: '2026-03',
  time_zone: 'UTC',
  period_start_ms: monthOf('UTC').start_ms,
  period_end_ms: monthOf('UTC').end_ms,
  currency: 'USD',
  basis: noBasis,
}
