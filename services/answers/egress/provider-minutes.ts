/** What the state of providers is judged by. */

/** A provider's minute, by region and model. Attempts that clients left or the gateway refused are not in it. */
export interface ProviderMinute {
  readonly at_ms: number
  readonly provider: string
  readonly region: string
  readonly model: string
  readonly attempts: number
  readonly rate_limited: number
  readonly timeouts: number
  readonly unreached: number
  readonly errors: number
  readonly timed: number
  readonly ttft_p50_ms: number
}

/** Requests that left a provider for another upstream. */
export interface FallbackRow {
  readonly provider: string
  readonly next: string
  readonly requests: number
}

/** Why a provider could not be reached, as far as gateways say. */
export const UNREACHED_KINDS = ['dns', 'tls', 'refused', 'reset', 'not told'] as const
export interface UnreachedRow {
  readonly provider: string
  readonly region: string
  readonly kind: (typeof UNREACHED_KINDS)[number]
  readonly attempts: number
}

/** What is left of a limit by the headers of the provider's answers. `limit` 0: they do not tell it. */
export interface HeadroomRow {
  readonly provider: string
  readonly region: string
  readonly kind: 'requests' | 'tokens'
  /** Least that was left in the last minutes of the period, and the latest. */
  readonly least: number
  readonly latest: number
  readonly limit: number
}

/** The minutes of a provider × region × model, in the period and before it. */
export interface Group {
  readonly provider: string
  readonly region: string
  readonly model: string
  readonly now: readonly ProviderMinute[]
  readonly before: readonly ProviderMinute[]
}

/** What a provider may be blamed for. Its refusals for our rate are ours. */
export const failuresOf = (row: ProviderMinute) => row.timeouts + row.unreached + row.errors

/** Sum of what `of` gives of the minutes. */
export const total = (rows: readonly ProviderMinute[], of: (row: ProviderMinute) => number) => rows.reduce((sum, row) => sum + of(row), 0)

/** Those with attempts in the period. */
export function groupsOf(rows: readonly ProviderMinute[], fromMs: number): Group[] {
  const byName = Map.groupBy(rows, row => JSON.stringify([row.provider, row.region, row.model]))
  return [...byName.values()].flatMap(own => {
    const [{ provider, region, model }] = own as [ProviderMinute]
    const now = own.filter(row => row.at_ms >= fromMs)
    return now.length === 0 ? [] : [{ provider, region, model, now, before: own.filter(row => row.at_ms < fromMs) }]
  })
}
