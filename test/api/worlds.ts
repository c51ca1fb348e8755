import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { writeLedger } from '../money/statements/closing-fixture.ts'
import { chargeRow, driftRow } from './charge-rows.ts'
import { groupRow, insertRows, minute, NOW_MS, poolRow, resilienceRow, securityRow, usageRow } from './fixture.ts'
import { poolShareRow, poolUseRow } from './pool-cost-rows.ts'

/** What a tenant did with one upstream in one minute. */
export interface Doing {
  clock: string
  route: string
  model: string
  upstream_kind: 'pool' | 'provider'
  upstream: string
  region: string
  attempts: number
  failed: number
  tokens: number
  hasConflict: boolean
}

type Cells = Readonly<Record<string, unknown>>
type Doings = Readonly<Record<string, readonly Doing[]>>

/** Empties the settled and raw tables and writes the world in which these tenants did this, and nobody else did anything. */
export async function makeWorld(clickhouse: ClickHouse, doings: Doings): Promise<void> {
  const tables = rowsByTable(doings)
  for (const table of [...Object.keys(tables), 'messages_read']) await clickhouse.command(`TRUNCATE TABLE {database}.${table}`)
  for (const [table, rows] of Object.entries(tables)) if (rows.length > 0) await insertRows(clickhouse, table, rows)
  await writeLedger(clickhouse, tables['attempts_raw'] as { offset: number; received_at: number }[])
}

function rowsByTable(doings: Doings): Record<string, Cells[]> {
  const all = Object.entries(doings).flatMap(([tenant, list]) => list.map(doing => ({ tenant, doing })))
  // One log takes the lines of everyone, so that the offsets of one tenant tell how many lines the others sent between.
  let offset = 0
  const made = new Map<string, number>()
  // What a tenant calls its requests says nothing of others.
  const idOf = (tenant: string) => {
    made.set(tenant, (made.get(tenant) ?? 0) + 1)
    return `${tenant}-${made.get(tenant)}`
  }
  const raw = all.flatMap(({ tenant, doing }) =>
    Array.from({ length: doing.attempts }, () => ({ ...rawRow(tenant, doing, offset++), request_id: idOf(tenant) })),
  )
  return {
    attempts_raw: raw,
    settled_windows: windowRows(all),
    attempt_groups_per_minute: all.flatMap(({ tenant, doing }) => [
      groupRow(doing.clock, tenant, { ...names(doing), ...outcome(doing, 'ok') }),
      groupRow(doing.clock, tenant, { ...names(doing), ...outcome(doing, 'error') }),
    ]),
    usage_per_minute: all.map(({ tenant, doing }) =>
      usageRow(doing.clock, tenant, {
        ...modelNames(doing),
        requests: doing.attempts,
        attempts: doing.attempts,
        input_tokens: doing.tokens,
      }),
    ),
    latency_per_minute: all.map(({ tenant, doing }) => ({
      ...keysOf(doing, tenant),
      request_model: doing.model,
      requests: doing.attempts,
      errors_by_class: { timeout: doing.failed },
    })),
    resilience_per_minute: all.map(({ tenant, doing }) =>
      resilienceRow(doing.clock, tenant, { route: doing.route, requests: doing.attempts, to_upstream: doing.upstream }),
    ),
    security_per_minute: all.map(({ tenant, doing }) =>
      securityRow(doing.clock, tenant, {
        route: doing.route,
        requests: doing.attempts,
        attempts: doing.attempts,
        input_tokens: doing.tokens,
      }),
    ),
    charges_per_minute: all.map(({ tenant, doing }) => chargeRow(doing.clock, tenant, { ...names(doing), quantity: doing.tokens })),
    cost_drift_per_minute: all.map(({ tenant, doing }) =>
      driftRow(doing.clock, tenant, { ...modelNames(doing), attempts: doing.attempts }),
    ),
    provider_per_minute: providerRows(all),
    pool_per_minute: poolRows(all),
    conflicts: all.filter(({ doing }) => doing.hasConflict).map(({ tenant, doing }) => conflictRow(tenant, doing, offset++)),
    dead_letters: all.filter(({ tenant }) => tenant !== 'acme').map(({ tenant, doing }) => deadLetterRow(tenant, doing, offset++)),
    gpu_pool_cost_per_hour: sharesOf(all),
    gpu_pool_use_per_hour: [
      ...new Set(
        all
          .map(({ doing }) => doing)
          .filter(isOfPool)
          .map(doing => doing.upstream),
      ),
    ].map(pool => poolUseRow(pool, { input_tokens: sumOf(all.filter(({ doing }) => doing.upstream === pool)) })),
  }
}

interface OfTenant {
  tenant: string
  doing: Doing
}

const isOfPool = (doing: Doing) => doing.upstream_kind === 'pool'
const sumOf = (list: readonly OfTenant[]) => list.reduce((sum, { doing }) => sum + doing.tokens, 0)

function modelNames({ route, model, upstream_kind, upstream }: Doing): Cells {
  return { route, request_model: model, response_model: model, upstream_kind, upstream }
}

function names(doing: Doing): Cells {
  return { ...modelNames(doing), region: doing.region }
}

function keysOf({ clock, route, upstream_kind, upstream }: Doing, tenant_id: string): Cells {
  return { window_start: minute(clock), settle_version: 1, tenant_id, route, upstream_kind, upstream }
}

function outcome({ attempts, failed, tokens }: Doing, kind: 'ok' | 'error'): Cells {
  return kind === 'ok'
    ? { outcome: 'ok', attempts: attempts - failed, input_tokens: tokens }
    : { outcome: 'error', error_class: 'timeout', attempts: failed }
}

function rawRow(tenant_id: string, doing: Doing, offset: number): Cells {
  const at = minute(doing.clock) * 1000
  return {
    ...{ window_start: minute(doing.clock), started_at: at, tenant_id, received_at: at, offset },
    ...{ log_epoch: 'test', topic: 'weir.access-log.v1' },
  }
}

function windowRows(all: readonly OfTenant[]): Cells[] {
  return [...Map.groupBy(all, ({ doing }) => doing.clock)].map(([clock, list]) => {
    const attempts = list.reduce((sum, { doing }) => sum + doing.attempts, 0)
    return {
      ...{ window_start: minute(clock), settle_version: 1, settled_at: NOW_MS, raw_rows: attempts, input_rows: attempts },
      ...{ requests: attempts, attempts, conflicts: list.filter(({ doing }) => doing.hasConflict).length },
    }
  })
}

function providerRows(all: readonly OfTenant[]): Cells[] {
  return all.map(({ doing }) => ({
    ...{ window_start: minute(doing.clock), settle_version: 1, upstream_kind: doing.upstream_kind, provider: doing.upstream },
    ...{ region: doing.region, attempts: doing.attempts, successful_attempts: doing.attempts - doing.failed },
  }))
}

// Each model of a pool that somebody used, fuller the more tokens it had; who is behind it is cut to the largest, as settling does.
function poolRows(all: readonly OfTenant[]): Cells[] {
  const ofPools = all.filter(({ doing }) => isOfPool(doing))
  const engines = [...new Set(ofPools.map(({ doing }) => `${doing.clock} ${doing.upstream}`))].flatMap(place =>
    ['model-1', 'model-2'].map(model => [...place.split(' '), model] as [string, string, string]),
  )
  return engines.map(([clock, pool, model]) => {
    const here = ofPools.filter(({ doing }) => doing.clock === clock && doing.upstream === pool && doing.model === model)
    const tenants = here.map(({ tenant, doing }) => ({ tenant_id: tenant, attempts: doing.attempts, tokens: doing.tokens }))
    const used = { running: sumOf(here), saturation: Math.min(1, sumOf(here) / 3000), queue_ms: sumOf(here), attempts: here.length }
    return poolRow(clock, pool, model, { ...used, tenants: tenants.sort((a, b) => b.tokens - a.tokens).slice(0, 1) })
  })
}

function conflictRow(tenant_id: string, doing: Doing, offset: number): Cells {
  const positions = {
    kept_topic: 'weir.access-log.v1',
    kept_offset: offset,
    refused_topic: 'weir.access-log.v1',
    refused_offset: offset + 1,
  }
  const identity = { tenant_id, source: 'edge', request_id: `${doing.model}-${doing.route}`, attempt_key: '1' }
  return { window_start: minute(doing.clock), settle_version: 1, ...identity, ...positions }
}

function deadLetterRow(source: string, doing: Doing, offset: number): Cells {
  const place = { log_epoch: 'test', topic: 'weir.access-log.v1', partition: 0, offset, line_no: 0 }
  return {
    received_at: minute(doing.clock) * 1000,
    source,
    code: 'LINE_NOT_JSON',
    message: source,
    line: doing.model,
    encoding: 'utf8',
    ...place,
  }
}

// What a tenant pays for a pool is its own: here what it used, at 1 USD a token.
function sharesOf(all: readonly OfTenant[]): Cells[] {
  const ofPools = all.filter(({ doing }) => isOfPool(doing))
  return [...Map.groupBy(ofPools, ({ tenant, doing }) => `${tenant} ${doing.upstream} ${doing.model}`)].map(([place, list]) => {
    const [tenant, pool, model] = place.split(' ') as [string, string, string]
    const allocated_ratio = (sumOf(list) / Math.max(1, sumOf(ofPools))).toFixed(18)
    return poolShareRow(tenant, { pool, model, cost: String(sumOf(list)), gpu_hours: '1', allocated_ratio })
  })
}
