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
    readSettledHours(asked, { clickhouse }),
  ])
  return rows.map(({ tenant_id, currency, starts, costs }) => {
    const costAt = new Map(starts.map((start, index) => [start, Number(costs[index] ?? 0)]))
    const first = starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY)
    const points = hours.flatMap(startMs => (startMs < first * SECOND ? [] : [{ startMs, value: costAt.get(startMs / SECOND) ?? 0 }]))
    return { tenant_id, currency, points }
  })
}

/** Starts (ms) of the hours of a span of which at least one minute is settled, ascending. Rejects with the codes of the client. */
export async function readSettledHours({ fromMs, toMs }: Pick<Asked, 'fromMs' | 'toMs'>, { clickhouse }: AnswerDeps): Promise<number[]> {
  const parameters = { from: Math.ceil(fromMs / SECOND), to: Math.ceil(toMs / SECOND) }
  return (await clickhouse.query<{ hour_s: number }>(hoursSql, parameters)).map(({ hour_s }) => hour_s * SECOND)
}
