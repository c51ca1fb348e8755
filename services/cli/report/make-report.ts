import type { Readable } from 'node:stream'
import type { Reader } from '../../../schemas/dialects/field-table.ts'
import type { NameUpstream } from '../../../schemas/dialects/upstream-names.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Now } from '../../platform/clock.ts'
import { openPriceBookStore } from '../../settle/price-book-store.ts'
import { settleWindows } from '../../settle/settle-windows.ts'
import type { InputFile } from './input-files.ts'
import { loadFiles } from './load.ts'
import type { ProgressLine } from './progress-line.ts'
import { type ReportTables, readTables } from './tables.ts'

/** What a report is told beside its files. */
export interface ReportConfig {
  /** Pool that metric scrapes among the files belong to. */
  pool: string
  /** Price file; undefined: the list that comes with Weir. */
  pricesFile: string | undefined
  ownDialects: readonly Reader[]
  /** Finds the operator's own names of upstreams. */
  nameUpstream?: NameUpstream | undefined
}

/**
 * Reads the files into an empty, migrated database, settles them and gives the report's tables. Rejects with REPORT_FILE_UNREADABLE,
 * PRICE_INVALID and ClickHouse's errors.
 */
export async function makeReport(
  files: readonly InputFile[],
  config: ReportConfig,
  deps: { clickhouse: ClickHouse; standardInput: Readable; now: Now; progress: Pick<ProgressLine, 'read' | 'settle'> },
): Promise<ReportTables> {
  const { clickhouse, progress, now } = deps
  const prices = await openPriceBookStore({ pricesFile: config.pricesFile }, { clickhouse })
  const loaded = await loadFiles(files, config, { ...deps, onProgress: progress.read })
  const onProgress = (done: number) => progress.settle(done, loaded.windows.length)
  onProgress(0)
  await settleWindows(loaded.windows, { clickhouse, prices, now }, { onProgress })
  const tables = await readTables(loaded, { clickhouse })
  return { generated_from: files.map(file => ({ file: file.name, size_bytes: file.sizeBytes ?? null })), ...tables }
}
