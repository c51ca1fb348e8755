/** Tokens that a tenant put on a pool in two periods: uncached input and output. */
export interface LoadRow {
  readonly pool: string
  readonly tenant_id: string
  readonly before_tokens: number
  readonly after_tokens: number
}

/** A tenant whose growth filled a pool that others wait at. */
export interface Neighbour {
  readonly pool: string
  readonly tenant_id: string
  /** Its part of all that grew there, 0 to 1. */
  readonly growth_share: number
  /** Its load as a multiple of what it was before. */
  readonly times: number
}

/** From this part of the growth on a tenant is named. */
const LEAST_SHARE = 0.3
/** Its load has to have grown by half: what everybody does more of is nobody's doing. */
const LEAST_TIMES = 1.5

/**
 * Who filled the pools that the requests waited at: tenants beside those asked for, by their part of the growth in tokens a second between
 * the periods. (Growth stands for queue time: on a pool of a steady speed the queue grows by what arrives beyond it.)
 */
export function findNeighbours(inputs: {
  readonly loads: readonly LoadRow[]
  readonly tenants: readonly string[]
  readonly beforePeriod: { readonly fromMs: number; readonly toMs: number }
  readonly period: { readonly fromMs: number; readonly toMs: number }
}): Neighbour[] {
  const { loads, tenants, beforePeriod, period } = inputs
  const lengths = { before: beforePeriod.toMs - beforePeriod.fromMs, after: period.toMs - period.fromMs }
  const rated = loads.map(row => ({ ...row, before: row.before_tokens / lengths.before, after: row.after_tokens / lengths.after }))
  return [...Map.groupBy(rated, row => row.pool)].flatMap(([pool, own]) => {
    const grown = own.reduce((sum, row) => sum + Math.max(0, row.after - row.before), 0)
    return own
      .filter(row => !tenants.includes(row.tenant_id) && row.after > LEAST_TIMES * row.before)
      .map(({ tenant_id, before, after }) => ({
        pool,
        tenant_id,
        growth_share: grown === 0 ? 0 : (after - before) / grown,
        times: before === 0 ? 0 : after / before,
      }))
      .filter(one => one.growth_share >= LEAST_SHARE)
      .sort((a, b) => b.growth_share - a.growth_share)
  })
}
