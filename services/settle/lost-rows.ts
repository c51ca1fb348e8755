import { tablesOf } from '../../schemas/tables.ts'
import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { MINUTE, SECOND } from '../platform/clock.ts'

/**
 * When a settled window must have rows in a table: a condition on rows of attempt_groups_per_minute (`g`), of which one is enough, or on
 * the raw rows of the minute. The conditions of the tables' own statements (queries/*.sql). What is told of here for no table is made from
 * rows that a version does not keep.
 */
export const rowsExpected: Readonly<Record<string, { group: string } | { raw: readonly string[] }>> = {
  usage_per_minute: { group: 'true' },
  resilience_per_minute: { group: 'true' },
  security_per_minute: { group: 'true' },
  latency_per_minute: { group: 'g.requests > 0' },
  provider_per_minute: { group: "g.upstream != '' AND g.outcome != 'rejected'" },
  charges_per_minute: { group: 'notEmpty(g.charges)' },
  cost_drift_per_minute: { group: 'g.compared_attempts > 0' },
  pool_per_minute: { raw: ['engine_samples_raw'] },
  pool_use_per_minute: { raw: ['engine_samples_raw', 'gpu_samples_raw'] },
}

const SPAN = "window_start >= {from:DateTime('UTC')} AND window_start < {until:DateTime('UTC')}"
const lostSql = buildSql()

function buildSql(): string {
  const expected = Object.entries(rowsExpected)
  const facts = expected.flatMap(([table, rows]) => ('group' in rows ? [`max(${rows.group}) AS has_${table}`] : []))
  const checks = expected.map(([table, rows]) => {
    const has = 'group' in rows ? `has_${table}` : `(${rows.raw.map(raw => `window_start IN (${minutesOf(raw)})`).join(' OR ')})`
    return `${has} AND (window_start, settle_version) NOT IN (SELECT window_start, settle_version FROM {database}.${table} WHERE ${SPAN})`
  })
  return readQuery(import.meta.url, 'lost-rows')
    .replace('{facts}', ['true AS has_groups', ...facts].join(', '))
    .replace('{checks}', checks.join('\n        OR '))
}

function minutesOf(raw: string): string {
  return `SELECT window_start FROM {database}.${raw} WHERE ${SPAN}`
}

/** A version in place that lacks rows. */
export interface LostRows {
  window_start_ms: number
  settle_version: string
}

/**
 * Windows in [fromMs, untilMs) whose version in place lacks rows: a server that lost its power before they were on its disk has lost them;
 * or samples came after the version, and it is not settled yet; or an older release made it, which knew no such table.
 */
export async function findLost(span: { fromMs: number; untilMs: number }, clickhouse: ClickHouse): Promise<readonly LostRows[]> {
  const [from, until] = [Math.floor(span.fromMs / MINUTE) * 60, Math.ceil(span.untilMs / MINUTE) * 60]
  const rows = await clickhouse.query<{ window: number; version: string }>(lostSql, { from, until, settled_tables: tablesOf('settled') })
  return rows.map(({ window, version }) => ({ window_start_ms: window * SECOND, settle_version: version }))
}
