import type { SampleRow } from '../../schemas/log-position.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { windowStart } from '../../services/platform/clock.ts'

let nextOffset = 0

/** What the worker adds to a sample of this moment (ms), at a position of its own. */
export function sampleRow(sampledAtMs: number): SampleRow {
  const position = { log_epoch: 'test', topic: 'weir.engine-metrics.v1', partition: 0, offset: nextOffset++, received_at: sampledAtMs }
  return { window_start: windowStart(sampledAtMs), row_no: 0, ...position }
}

/** Writes samples as the worker does. */
export async function insertSampleRows<Row extends SampleRow>(
  clickhouse: ClickHouse,
  table: string,
  columns: readonly (keyof Row)[],
  rows: readonly Row[],
): Promise<void> {
  await clickhouse.insert(
    table,
    columns as readonly string[],
    rows.map(row => columns.map(column => (column === 'window_start' ? row.window_start / 1000 : row[column]))),
  )
}
