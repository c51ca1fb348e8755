import type { PoolMinute, SenderLoad } from './pool-minute.ts'

/** Somebody whose load grew, and their part of all growth, 0 to 1. Token rates are of input that was not cached, and output. */
export interface Grower {
  readonly tenant_id: string
  readonly route: string
  readonly tokens_per_s_before: number
  readonly tokens_per_s: number
  readonly share: number
}

/** Seconds of each of the two spans that are compared. */
export const SPAN_S = 600
const MOST_TOLD = 5

/**
 * Whose load grew, the most first. Attempts of the recent span are sized by what their sender's attempts usually are: what still runs has
 * told no tokens yet.
 */
export function growersOf(
  { pool, model }: Pick<PoolMinute, 'pool' | 'model'>,
  loads: readonly SenderLoad[],
  isOnlyModel: boolean,
): Grower[] {
  const own = loads.filter(load => load.pool === pool && (isOnlyModel || load.request_model === model || load.response_model === model))
  const senders = [...Map.groupBy(own, load => JSON.stringify([load.tenant_id, load.route])).values()].map(rows => {
    const sum = (name: 'recent_attempts' | 'before_attempts' | 'counted_attempts') => rows.reduce((all, row) => all + row[name], 0)
    const tokens = rows.reduce((all, row) => all + row.input_tokens - row.cached_input_tokens + row.output_tokens, 0)
    const size = tokens / Math.max(1, sum('counted_attempts')) / SPAN_S
    const { tenant_id, route } = rows[0] as SenderLoad
    return { tenant_id, route, before: sum('before_attempts') * size, recent: sum('recent_attempts') * size }
  })
  const grown = senders.filter(({ before, recent }) => recent > before)
  const total = grown.reduce((sum, { before, recent }) => sum + recent - before, 0)
  grown.sort((a, b) => b.recent - b.before - (a.recent - a.before) || (a.tenant_id < b.tenant_id ? -1 : 1))
  return grown.slice(0, MOST_TOLD).map(({ tenant_id, route, before, recent }) => ({
    tenant_id,
    route,
    tokens_per_s_before: before,
    tokens_per_s: recent,
    share: (recent - before) / total,
  }))
}
