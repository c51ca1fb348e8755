import Type from 'typebox'
import { withRatios } from '../../../schemas/ratios.ts'
import { CHARGE_KEYS, type ChargeKey } from '../../money/charges/charge.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { columnConditions, requestModelCondition, upstreamConditions } from './conditions.ts'
import { buildFindCharges } from './find-charges.ts'
import type { Report } from './report.ts'
import { count, countsByName, money, orNull, pick } from './row-schemas.ts'

const chargeMeasures = Type.Object({
  list_cost: money('at list prices'),
  contracted_cost: money('at the prices agreed on'),
  effective_cost: money('contracted_cost; commitments change it on statements only'),
  wasted_cost: money('part of effective_cost: attempts that did not give the answer'),
  estimated_cost: money('part of effective_cost: quantities that nobody reported'),
  quantities: countsByName('what was priced, by kind, in tokens or what the price counts'),
  unpriced_quantities: countsByName('part of quantities: there is no price, which is not free'),
})

/** Everything that tells charges apart, and the day on the tenant's calendar. */
const dimensions = ['tenant_id', 'day', ...CHARGE_KEYS] as const satisfies readonly (keyof ChargeKey | 'day')[]

const chargeConditions = {
  ...columnConditions('route', 'response_model', 'region', 'service_tier', 'price_key', 'token_kind'),
  ...requestModelCondition,
  ...upstreamConditions,
}

/** GET /v1/charges: what tenants pay by the request, under the billing terms. */
export const chargesReport: Report = {
  path: '/v1/charges',
  summary: 'What tenants are charged for their requests',
  description:
    'List, contracted and effective cost in each tenant’s billing currency, by the billing terms in force. What runs on a pool of the ' +
    'terms is paid by its share of the pool (/v1/pool-costs) and has no cost here. Amounts are exact; statements add commitments, ' +
    'shared costs and rounding.',
  rows: buildFindCharges(chargeConditions),
  dimensions,
  dimensionSchemas: {
    price_version: count('import that the unit price came with; 0: no price'),
    min_input_tokens: count('context threshold of the price; 0: base price'),
    is_wasted: Type.Boolean({ description: 'of attempts that did not give the answer' }),
  },
  fixedKeys: ['currency'],
  conditions: chargeConditions,
  measures: chargeMeasures,
  toMeasures: row => pick(row, chargeMeasures),
}

const driftMeasures = Type.Object({
  attempts: count('attempts with a reported cost'),
  unpriced_attempts: count('of these, without a price of ours'),
  list_cost: money('ours, at list prices, estimates included'),
  reported_cost: Type.String({ description: 'what gateways or providers said; exact decimal text, in reported_currency' }),
  difference: orNull(money('list_cost − reported_cost; null: another currency, or some attempt has no price')),
  ratio: orNull(
    Type.String({ description: 'list_cost / reported_cost, decimal text cut off after 18 places; null likewise, or nothing was reported' }),
  ),
})

/** GET /v1/charges/drift: our list cost beside what was reported. */
export const costDriftReport: Report = {
  path: '/v1/charges/drift',
  summary: 'List cost beside what gateways and providers reported',
  description: 'Over the attempts that carry a reported cost. Rows are kept apart by both currencies.',
  rows: withRatios(readQuery(import.meta.url, 'cost-drift')),
  dimensions: ['tenant_id', 'route', 'request_model', 'response_model', 'upstream_kind', 'upstream'],
  fixedKeys: ['currency', 'reported_currency'],
  conditions: { ...columnConditions('route', 'response_model'), ...requestModelCondition, ...upstreamConditions },
  measures: driftMeasures,
  toMeasures: row => pick(row, driftMeasures),
}
