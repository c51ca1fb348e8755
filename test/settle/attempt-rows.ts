import { type AttemptRow, attemptColumns, emptyAttempt } from '../../schemas/attempt.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { windowStart } from '../../services/platform/clock.ts'
import type { PriceBookStore } from '../../services/settle/price-book-store.ts'

/** The window that the settling tests work in. */
export const WINDOW_MS = Date.UTC(2026, 10, 24, 3, 0)

let nextOffset = 0

/** A successful attempt that reached a provider, with an identity of its own; `facts` overrides. */
export function attemptRow(facts: Partial<AttemptRow>): AttemptRow {
  const started_at = facts.started_at ?? WINDOW_MS
  const offset = facts.offset ?? nextOffset++
  return {
    ...emptyAttempt('acme', `request-${offset}`, started_at),
    source: 'gateway-1',
    attempt_no: 1,
    attempt_key: String(facts.attempt_no ?? 1),
    route: 'chat',
    request_model: 'gpt-4o',
    response_model: 'gpt-4o',
    upstream_kind: 'provider',
    provider: 'openai',
    status_code: 200,
    usage_quality: 'reported',
    dialect: 'canonical',
    window_start: windowStart(started_at),
    log_epoch: 'test',
    topic: 'weir.access-log.v1',
    partition: 0,
    line_no: 0,
    row_no: 0,
    received_at: started_at,
    ...facts,
    offset,
  }
}

/** Writes rows as the worker does. */
export async function insertAttempts(clickhouse: ClickHouse, rows: readonly AttemptRow[]): Promise<void> {
  const cell = (row: AttemptRow, column: keyof AttemptRow) => (column === 'window_start' ? row.window_start / 1000 : row[column])
  await clickhouse.insert(
    'attempts_raw',
    attemptColumns,
    rows.map(row => attemptColumns.map(column => cell(row, column))),
  )
}

/** A price book that knows nothing. */
export const noPrices: PriceBookStore = {
  begin: async () => ({ version: 0, currency: 'USD', classes: { sizes: [], times: [0] }, cover: async () => {} }),
}
