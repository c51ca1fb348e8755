import Type, { type Static } from 'typebox'
import { parseDecimal } from '../../money/decimal.ts'
import { type PoolPeriodCost, readPoolCosts } from '../../money/pools/read-pool-costs.ts'
import { buildPriceBook } from '../../money/price-book/resolve.ts'
import { newestPriceVersion, readStoredPrices } from '../../money/price-book/stored-prices.ts'
import type { Terms } from '../../money/terms/terms.ts'
import { readTerms } from '../../money/terms/terms-store.ts'
import { DAY } from '../../platform/clock.ts'
import { findingHead } from '../answer.ts'
import { cellName } from '../movers/cost-leaf.ts'
import { type PeriodCosts, readCosts } from '../movers/read-costs.ts'
import { type AnswerDeps, type Asked, question } from '../question.ts'
import { readSettledUntil } from '../settled-until.ts'
import { explainWhatif } from './explain-whatif.ts'
import { isChosen, reprice, shareFrom } from './reprice.ts'
import { type ResizedPool, resizePool } from './resize-pool.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const part = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 1, description }))
const orNone = (description: string) => Type.Union([Type.String(), Type.Null()], { description })
const numberOrNone = (description: string) => Type.Union([Type.Number(), Type.Null()], { description })
const money = (description: string) => Type.String({ description: `${description}; exact decimal text in currency` })

const parameters = Type.Object({
  route: text('only requests of this route; * stands for any text'),
  model: text('only what this model answered or was asked for; * stands for any text'),
  provider: text('only what this provider answered; * stands for any text'),
  to_provider: text('provider that would answer'),
  to_model: text('model that would answer'),
  share: part('part of the chosen requests that would go there, 0 to 1 (default 1)'),
  discount: part('part of the list price that would be agreed on as a discount, 0 to 1, in place of the terms'),
  pool: text('own pool that would have another size'),
  gpus: Type.Optional(Type.Number({ minimum: 0, description: 'GPUs that the pool would have' })),
})

const METHOD = `The charges of the period, chosen by route, model and provider, once more: the same quantities of every kind at the list
price that the model in \`to_model\` had at the same time, tier and region, under the same billing terms and exchange rates; or at a
discount in place of the terms; for a share of them, the rest as it was. Prices come from the price book and costs from the code that
bills: there is no arithmetic of its own here. A context threshold holds for a quantity if its own price had one as high, since sums do
not tell the size of single requests. What has no price at the other model is told and in no amount.

Another model counts the same text as other tokens, writes longer or shorter answers and caches otherwise: such figures are of medium
confidence, and the least that would turn them is told. A discount is arithmetic.

A pool of another size: the terms' rates for so many GPUs, hour by hour (reserved ones are paid for all the same), and the share of
their time that the measured work would take. Above 85 % requests queue; whether a pool saturates is what \`first\` answers.

Left out: commitments and shared costs of statements, latency and quality of the other model.`

/** What a period would have cost under another model, contract, split or pool size. */
export const whatifQuestion = question({
  name: 'whatif',
  summary: 'What would it have cost otherwise?',
  description:
    'A period repriced: under another model (--to-provider, --to-model), for a share of a route’s requests (--share), with a discount ' +
    '(--discount), or with another size of a pool (--pool, --gpus).',
  method: METHOD,
  defaultPeriodMs: DAY,
  parameters,
  finding: Type.Object({
    ...findingHead,
    tenant_id: orNone('tenant; null: all that was chosen'),
    model: orNone('model that answered; null: all that was chosen'),
    pool: orNone('pool of another size; null: none'),
    currency: Type.String({ description: 'of the bill' }),
    cost_before: money('what it cost'),
    cost_after: money('what it would have cost'),
    change: money('cost_after − cost_before'),
    unpriced_quantity: Type.String({ description: 'tokens or units without a price otherwise; in no amount' }),
    gpus_before: numberOrNone('mean GPUs that the pool had'),
    gpus_after: numberOrNone('GPUs that it would have'),
    busy_ratio: numberOrNone('share of their time that the same work would take; above 1 it would not be done'),
  }),
  async ask(asked, deps) {
    const { parameters: change, scope } = asked
    const settled = await readSettledUntil(asked, deps)
    const fault = faultOf(change, scope.seesVolumes)
    if (fault !== undefined || settled.untilMs === null) {
      return explainWhatif({ repriced: [], pool: undefined, fault, isOtherModel: false, settled, requests: 0 }, asked)
    }
    const terms = await readTerms(deps.clickhouse)
    const pool = await poolOf(asked, terms, deps)
    if (isOnlyPool(change)) {
      const unknown = pool === undefined ? `a cost of the pool ${change.pool} in this period (weir pools)` : undefined
      return explainWhatif({ repriced: [], pool, fault: unknown, isOtherModel: false, settled, requests: 0 }, asked)
    }
    const { clickhouse } = deps
    const [costs, prices] = await Promise.all([
      readCosts(asked, terms, deps),
      newestPriceVersion(clickhouse).then(version => readStoredPrices(clickhouse, version)),
    ])
    const chosen = costs.charges.filter(charge => isChosen(change, charge))
    const { to_provider: provider, to_model: model, discount } = change
    const to = provider !== undefined && model !== undefined ? { provider, model } : undefined
    const repriced = reprice(
      chosen,
      { to, discount: discount === undefined ? undefined : parseDecimal(String(discount)), share: shareFrom(change.share) },
      { book: buildPriceBook(prices), terms },
    )
    const nothing = chosen.length === 0 ? 'charges of what was chosen' : undefined
    return explainWhatif(
      { repriced, pool, fault: nothing, isOtherModel: to !== undefined, settled, requests: requestsOf(chosen, costs) },
      asked,
    )
  },
})

/** Requests that ended where something was chosen. */
function requestsOf(chosen: PeriodCosts['charges'], { requests }: PeriodCosts): number {
  const cells = new Set(chosen.map(cellName))
  const sum = requests.reduce((total, one) => (cells.has(cellName(one)) ? total + one.requests : total), 0n)
  return Number(sum / parseDecimal('1'))
}

type Parameters = Static<typeof parameters>

const isOnlyPool = ({ to_model, discount }: Parameters) => to_model === undefined && discount === undefined

/** What is missing from the question. */
function faultOf({ to_provider, to_model, discount, pool, gpus }: Parameters, seesVolumes: boolean): string | undefined {
  if ((to_provider === undefined) !== (to_model === undefined)) return 'both to_provider and to_model'
  if ((pool === undefined) !== (gpus === undefined)) return 'both pool and gpus'
  if (pool !== undefined && !seesVolumes) return 'the right to see what a pool costs: that is for operators'
  const isAny = [to_model, discount, pool].some(one => one !== undefined)
  return isAny ? undefined : 'a change: to_provider and to_model, discount, or pool and gpus'
}

async function poolOf(asked: Asked<Parameters>, terms: Terms, { clickhouse }: AnswerDeps): Promise<ResizedPool | undefined> {
  const { pool, gpus } = asked.parameters
  if (pool === undefined || gpus === undefined) return undefined
  const only = { ...terms, pools: terms.pools.filter(one => one.pool === pool).map(one => ({ ...one, compare_with: null })) }
  const periods: PoolPeriodCost[] = []
  for await (const day of readPoolCosts({ start_ms: asked.fromMs, end_ms: asked.toMs }, only, { clickhouse })) periods.push(...day)
  return resizePool(periods, pool, gpus, terms)
}
