import { request } from 'undici'
import { MINUTE } from '../platform/clock.ts'

/** A row of an API answer. */
export type ApiRow = Readonly<Record<string, unknown>>

/** What the demo's screen shows, read from the API. */
export interface Figures {
  tenants: readonly ApiRow[]
  latency: readonly ApiRow[]
  pools: readonly ApiRow[]
  resilience: readonly ApiRow[]
  completeness: ApiRow
}

/** How far back the live figures look. */
export const LIVE_MS = 5 * MINUTE

/** Asks the API for the last minutes (tenants, pools, fallback) and for everything since `sinceMs` (completeness). */
export async function readFigures(apiUrl: string, sinceMs: number, nowMs: number): Promise<Figures> {
  const get = async (path: string, parameters: Record<string, string>): Promise<ApiRow> => {
    const answer = await request(`${apiUrl}${path}?${new URLSearchParams(parameters)}`)
    const body = (await answer.body.json()) as ApiRow
    if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}: ${JSON.stringify(body).slice(0, 300)}`)
    return body
  }
  const live = { from: new Date(nowMs - LIVE_MS).toISOString(), to: new Date(nowMs + MINUTE).toISOString() }
  const rows = async (path: string, group_by?: string, more: Record<string, string> = {}) =>
    (await get(path, { ...live, ...(group_by !== undefined && { group_by }), ...more }))['rows'] as ApiRow[]
  const [tenants, latency, pools, resilience, completeness] = await Promise.all([
    rows('/v1/usage', 'tenant_id'),
    rows('/v1/latency', 'tenant_id'),
    rows('/v1/saturation', undefined, { from: new Date(nowMs - 2 * MINUTE).toISOString() }),
    rows('/v1/resilience', 'route,from_upstream,to_upstream'),
    get('/v1/completeness', { from: new Date(sinceMs).toISOString(), to: live.to }),
  ])
  return { tenants, latency, pools, resilience, completeness }
}
