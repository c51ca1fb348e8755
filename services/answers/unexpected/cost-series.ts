import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { SECOND } from '../../platform/clock.ts'
import type { AnswerDeps, Asked } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import type { HourPoint } from '../statistics/seasonal-baseline.ts'

const costsSql = readQuery(import.meta.url, 'hourly-costs')
const hoursSql = readQuery(import.meta.url, 'settled-hours')

/** What a tenant's requests cost by the hour, at list prices in their currency. */
export interface CostSeries {
  readonly tenant_id: string
  readonly currency: string
  /** Every settled hour from the tenant's first on, ascending; without cost: 0. */
  readonly points: readonly HourPoint[]
}

/** Reads the series of a span of whole hours (ms). An hour of which nothing is settled is in none. Rejects with the codes of the client. */
export async function readCostSeries(asked: Pick<Asked, 'fromMs' | 'toMs' | 'scope'>, { clickhouse }: AnswerDeps): Promise<CostSeries[]> {
  const parameters = askedParameters(asked)
  const [rows, hours] = await Promise.all([
    clickhouse.query<{ tenant_id: string; currency: string; starts: number[]; costs: number[] }>(costsSql, parameters),
    clickhouse.query<{ hour_s: number }>(hoursSql, { from: parameters['from'], to: parameters['to'] }),
  ])
  return rows.map(({ tenant_id, currency, starts, costs }) => {
    const costAt = new Map(starts.map((start, index) => [start, Number(costs[index] ?? 0)]))
    const first = starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY)
    const points = hours.flatMap(({ hour_s }) => (hour_s < first ? [] : [{ startMs: hour_s * SECOND, value: costAt.get(hour_s) ?? 0 }]))
    return { tenant_id, currency, points }
  })
}
