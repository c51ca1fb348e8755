import { formatDecimal, parseDecimal } from '../../money/decimal.ts'
import { addPoolCosts, type PoolCost } from '../../money/pools/pool-cost.ts'
import { addShares, poolCostRow, shareRow, shareTotals } from '../../money/pools/pool-cost-rows.ts'
import { readPoolCosts } from '../../money/pools/read-pool-costs.ts'
import { toldUntil } from '../../money/pools/told-until.ts'
import { unpricedPools } from '../../money/pools/unpriced-pools.ts'
import { readTerms } from '../../money/terms/terms-store.ts'
import { HOUR } from '../../platform/clock.ts'
import { ArgumentError, choiceOf, type SubCommand, textOf, timeOf } from '../command.ts'
import { FORMAT_OPTION, renderRows } from '../print.ts'

/** What the text shows of a pool; JSON has everything. */
const USE_COLUMNS = [
  'gpu_hours',
  'utilisation_ratio',
  'cost',
  'busy_cost',
  'idle_cost',
  'unattributed_cost',
  'currency',
  'cost_per_million_tokens',
  'full_use_cost_per_million_tokens',
  'compared_cost_per_million_tokens',
  'cold_starts',
]
const TEXT_DIGITS = 6

/** `weir pools costs`: cost, use and shares of pools in a span. */
export const costs: SubCommand = {
  does: 'what each pool cost in a span and who bears it; a pool’s shares sum to its cost, to the last digit',
  options: {
    from: { value: 'ISO', does: 'start (default: a day before --to)' },
    to: { value: 'ISO', does: 'end (default: now); hours that the span touches count whole' },
    pool: { value: 'NAME', does: 'only this pool' },
    by: { value: 'span|hour', does: 'use of the span, or hour by hour (default span)' },
    ...FORMAT_OPTION,
  },
  async run(given, { now, print, note, openClickHouse }) {
    const to = timeOf(given, 'to') ?? now()
    const from = timeOf(given, 'from') ?? to - 24 * HOUR
    if (from >= to) throw new ArgumentError('--from is not before --to')
    const format = choiceOf(given, 'format', ['text', 'json'])
    const isHourly = choiceOf(given, 'by', ['span', 'hour']) === 'hour'
    await using clickhouse = await openClickHouse()
    const all = await readTerms(clickhouse)
    note(`with ${clickhouse.place}, billing terms version ${all.version}`)
    const only = textOf(given, 'pool')
    const terms = { ...all, pools: all.pools.filter(({ pool }) => only === undefined || pool === only) }
    if (only !== undefined && terms.pools.length === 0)
      throw new ArgumentError(
        `--pool ${only} is not in the billing terms; they name ${all.pools.map(({ pool }) => pool).join(', ') || 'no pool'}`,
      )
    const span = { start_ms: from, end_ms: to }
    const use: PoolCost[] = []
    const totals = shareTotals()
    const untilMs = await toldUntil(now(), { clickhouse })
    for await (const day of readPoolCosts(span, terms, { clickhouse, untilMs })) {
      for (const { allocation, summary } of day) {
        addShares(totals, allocation.shares)
        use.push(summary)
      }
    }
    const pools = isHourly ? use : [...Map.groupBy(use, one => one.pool).values()].map(of => of.reduce(addPoolCosts))
    const rows = { pools: pools.map(poolCostRow), shares: totals.rows().map(shareRow) }
    for (const { pool, attempts } of await unpricedPools(span, all, { clickhouse }))
      note(`pool ${pool} has ${attempts} attempts and no cost: it is not in the billing terms`)
    if (to > untilMs) note(`told until ${new Date(untilMs).toISOString()}: the hour that runs up to its newest settled minute`)
    if (format === 'json') print(JSON.stringify(rows, null, 1))
    else {
      const columns = isHourly ? ['pool', 'from', ...USE_COLUMNS] : ['pool', ...USE_COLUMNS]
      print([renderRows(rows.pools.map(rounded), 'text', columns), '', renderRows(rows.shares.map(rounded), 'text')].join('\n'))
      note('amounts are rounded to six digits after the point; --format json has all of them')
    }
    return 0
  },
}

function rounded(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const short = (value: unknown) =>
    typeof value === 'string' && /^\d+\.\d{7,}$/.test(value) ? formatDecimal(parseDecimal(value, { fractionDigits: TEXT_DIGITS })) : value
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, short(value)]))
}
