import type { ClickHouse } from '../platform/clickhouse/client.ts'
import { rawCountsSql, repeatedSql, sharedSql, spannedSql, type WindowShape } from './settle-sql.ts'

/**
 * What a window would be settled from. Raw rows are only ever added, so a window whose `input_rows`, `samples_read` and `gpu_samples_read` are those that a published
 * version was made from has the same input rows, not just as many.
 */
export interface WindowInputs {
  raw_rows: number
  joinable_rows: number
  samples: number
  samples_read: number
  gpu_samples_read: number
  input_rows: number
  /** The newest published version; 0: none. */
  last_version: number
  /** The version that it will be published under. */
  version: number
  shape: WindowShape
  /** Starts (s) of windows whose requests may be divided otherwise now. */
  neighbours: readonly number[]
}

interface RawCounts {
  raw_rows: number
  joinable_rows: number
  distinct_hashes: number
  most_label_values: number
  samples: number
  samples_read: number
  gpu_samples_read: number
  last_version: number
}

// The joining distance is 15 minutes: see queries/neighbours.sql and queries/shared.sql.
const READ_BEFORE_S = 30 * 60
const READ_AFTER_S = 15 * 60

/** How to count: the most values of a label that keep their names, and the version to compute after the one in place. */
export interface InputsConfig {
  maxLabelValues: number
  versionAfter: (lastVersion: number) => number
}

/**
 * Counts what the window that starts at `window` (s) would be settled from, and finds the requests that must be joined, under the version that is to be. Rejects
 * with the AppErrors of ClickHouse.
 */
export async function readInputs(window: number, config: InputsConfig, deps: { clickhouse: ClickHouse }): Promise<WindowInputs> {
  const [counts] = (await deps.clickhouse.query<RawCounts>(rawCountsSql, { window })) as [RawCounts]
  const version = config.versionAfter(counts.last_version)
  const shared = counts.joinable_rows > 0 ? await sharedRows({ window, version }, deps) : []
  const around = shared.filter(({ start }) => start !== window)
  const read = around.filter(({ start }) => start >= window - READ_BEFORE_S && start <= window + READ_AFTER_S)
  const affected = around.filter(({ start }) => start >= window - READ_AFTER_S && start <= window + READ_BEFORE_S)
  const isSpanning = read.length > 0
  const hasRepeats = counts.distinct_hashes < counts.raw_rows || (isSpanning && (await isRepeatedAround({ window, version }, deps)))
  return {
    ...counts,
    version,
    input_rows: counts.raw_rows + read.reduce((sum, { rows }) => sum + rows, 0),
    shape: {
      hasRepeats,
      isShared: shared.length > 0,
      isSpanning,
      // Decided by the window's own rows: the few that come from its neighbours cannot bring in many values.
      hasOverflow: counts.most_label_values > config.maxLabelValues,
    },
    neighbours: affected.map(({ start }) => start),
  }
}

interface WindowVersion {
  window: number
  version: number
}

/** Rows of requests that have more than one, by window. */
async function sharedRows({ window, version }: WindowVersion, { clickhouse }: { clickhouse: ClickHouse }) {
  await clickhouse.command(sharedSql, { window, version })
  return await clickhouse.query<{ start: number; rows: number }>(spannedSql, { window, version })
}

/** A busy gateway always has requests across windows, and hardly ever a repeated row among them: looking is cheaper than taking repeats out. */
async function isRepeatedAround({ window, version }: WindowVersion, { clickhouse }: { clickhouse: ClickHouse }): Promise<boolean> {
  const [counted] = await clickhouse.query<{ repeated: number }>(repeatedSql, { window, version })
  return (counted?.repeated ?? 0) > 0
}
