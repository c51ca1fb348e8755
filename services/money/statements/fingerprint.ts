import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { SECOND } from '../../platform/clock.ts'
import type { Span } from './spans.ts'

const sql = readQuery(import.meta.url, 'fingerprint')

/**
 * A text that is the same as long as no minute of the span is settled again. Not the highest version: versions follow a clock, which may
 * step back, so that a late row's version can lie below those of other minutes. Rejects with ClickHouse's AppErrors.
 */
export async function fingerprintOf({ start_ms, end_ms }: Span, clickhouse: ClickHouse): Promise<string> {
  const [row] = await clickhouse.query<{ fingerprint: string }>(sql, { from: start_ms / SECOND, to: end_ms / SECOND })
  return row?.fingerprint ?? ''
}
