import type { FastifyInstance, FastifyRequest, FastifySchema } from 'fastify'
import Type, { type TSchema } from 'typebox'
import { type BudgetRow, budgetRow } from '../../money/budgets/budget-rows.ts'
import { readBudgets } from '../../money/budgets/read-budgets.ts'
import { readTerms } from '../../money/terms/terms-store.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Now } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { problems } from '../http/openapi.ts'
import type { RawParameters } from '../http/parameters.ts'
import { limitedClickHouse, type ReadLimits } from '../http/read-limits.ts'
import { type ReaderOf, scopeOf } from '../http/readers.ts'
import { count, money, orNull } from './row-schemas.ts'

/** GET /v1/budgets: how the budgets of the billing terms stand now. */
export const budgetsEndpoint = { path: '/v1/budgets', summary: 'Budgets: spent, committed, forecast, day of exhaustion' } as const

/**
 * Adds the endpoint. A tenant's token reads the budgets of its tenants alone: one of a team, a route, a model or a pattern of
 * tenants counts what others spend.
 */
export function registerBudgets(
  app: FastifyInstance,
  deps: { clickhouse: ClickHouse; limits: ReadLimits; now: Now; readerOf: ReaderOf },
): void {
  const clickhouse = limitedClickHouse(deps)
  app.get(budgetsEndpoint.path, { schema }, async request => {
    const reader = deps.readerOf(request.headers.authorization)
    const scope = scopeOf(reader, tenantsOf(request))
    const terms = await readTerms(clickhouse)
    const nowMs = deps.now()
    const isWanted = ({ scope: { tenant_id } }: { scope: { tenant_id: string } }) =>
      scope.isAll || (scope.tenants.includes(tenant_id) && (scope.seesVolumes || !tenant_id.includes('*')))
    const reports = await readBudgets(terms, { nowMs, isWanted }, { clickhouse })
    return { as_of: new Date(nowMs).toISOString(), terms_version: terms.version, budgets: reports.map(budgetRow) }
  })
}

function tenantsOf(request: FastifyRequest): readonly string[] | undefined {
  const { tenant_id, ...others } = request.query as RawParameters
  const unknown = Object.keys(others).map(name => JSON.stringify(name))
  if (unknown.length > 0) throw new AppError('API_REQUEST_INVALID', `${unknown.join(', ')} is no parameter here, expected tenant_id`)
  return typeof tenant_id === 'string' ? [tenant_id] : tenant_id
}

const text = (description: string) => Type.String({ description })
const amount = (description: string) => orNull(money(description))

/** The columns of an answer's rows. */
export const budgetSchema = Type.Object({
  budget: text('name of the budget in the billing terms'),
  state: Type.Union((['ok', 'at_risk', 'exhausted', 'unknown'] as const).map(state => Type.Literal(state))),
  tenant_id: text('tenants whose spend it counts; empty: all; * stands for any text'),
  team: text('likewise'),
  route: text('likewise'),
  model: text('likewise'),
  period: text('week, month, quarter or year'),
  period_start: Type.String({ format: 'date-time' }),
  period_end: Type.String({ format: 'date-time', description: 'exclusive' }),
  time_zone: text('IANA time zone of its days'),
  currency: text('ISO 4217'),
  amount: money('what may be spent in the period'),
  spent: amount('effective cost since the period began'),
  spent_ratio: orNull(Type.Number({ description: 'spent / amount, cut off after four places' })),
  committed: amount('what commitments will bill in the rest of the period'),
  forecast: amount('spent when the period ends, if the run rate lasts'),
  exhausted_on: orNull(
    Type.String({ format: 'date', description: 'day on which the amount was or will be used up; null: not in this period' }),
  ),
  fault: text('why the figures are null; empty: they are not'),
} satisfies Record<keyof BudgetRow, TSchema>)

const schema: FastifySchema = {
  summary: budgetsEndpoint.summary,
  description: 'Budgets in force now, in the order of the billing terms; docs/budgets.md says how the forecast is made.',
  tags: ['budgets'],
  security: [{ token: [] }],
  querystring: Type.Object({
    tenant_id: Type.Optional(
      Type.Array(Type.String(), {
        description: 'budgets of this tenant; a tenant token may name its own only; repeat it for several values',
      }),
    ),
  }),
  response: {
    200: Type.Object({
      as_of: Type.String({ format: 'date-time' }),
      terms_version: count('version of the billing terms that was in force'),
      budgets: Type.Array(budgetSchema),
    }),
    ...problems,
  },
}
