import type { Decimal } from '../decimal.ts'
import type { Statement } from './statement.ts'

/** Statements of a month put together as an organisation reads them: by cost centre, GL code and team, in one currency each. */
export interface HierarchyRow {
  cost_centre: string
  gl_code: string
  team: string
  currency: string
  tenants: readonly string[]
  precise_total: Decimal
  payable: Decimal
}

/** One row for each cost centre, GL code, team and currency, in that order. The payables of the rows sum to those of the statements. */
export function summariseByTeam(statements: readonly Omit<Statement, 'lines' | 'details'>[]): HierarchyRow[] {
  const groups = Map.groupBy(statements, ({ cost_centre, gl_code, team, currency }) =>
    JSON.stringify([cost_centre, gl_code, team, currency]),
  )
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, members]) => {
      const { cost_centre, gl_code, team, currency } = members[0] as Statement
      return {
        cost_centre,
        gl_code,
        team,
        currency,
        tenants: members.map(member => member.tenant_id),
        precise_total: members.reduce((sum, member) => sum + member.precise_total, 0n),
        payable: members.reduce((sum, member) => sum + member.payable, 0n),
      }
    })
}
