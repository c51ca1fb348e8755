import type { Readable } from 'node:stream'
import type { Reader } from '../../../schemas/dialects/field-table.ts'
import type { NameTenant } from '../../../schemas/dialects/tenant-names.ts'
import type { NameUpstream } from '../../../schemas/dialects/upstream-names.ts'
import { type Replay, replay, spansOf } from '../../alert/replay/replay.ts'
import type { CompiledGroup } from '../../alert/rules/compile-rule.ts'
import { askAll, standsOut } from '../../answers/ask-all.ts'
import { type Audit, buildAudit } from '../../answers/audit/audit.ts'
import { readAuditFacts } from '../../answers/audit/facts.ts'
import type { Declared } from '../../answers/manifests/declared.ts'
import { holdAgainstTraffic } from '../../answers/manifests/hold-against-traffic.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { DAY, MINUTE, type Now } from '../../platform/clock.ts'
import { openPriceBookStore } from '../../settle/price-book-store.ts'
import { settleWindows } from '../../settle/settle-windows.ts'
import { headlinesOf } from './headlines.ts'
import type { InputFile } from './input-files.ts'
import { type Loaded, loadFiles } from './load.ts'
import type { ProgressLine } from './progress-line.ts'
import { type ReportTables, readTables } from './tables.ts'

/** What a report is told beside its files. */
export interface ReportConfig {
  /** Manifests to hold against traffic in the audit. */
  declared?: Declared | undefined
  /** Pool that metric scrapes among the files belong to. */
  pool: string
  /** Price file; undefined: the list that comes with Weir. */
  pricesFile: string | undefined
  ownDialects: readonly Reader[]
  /** Finds the operator's own names of upstreams. */
  nameUpstream?: NameUpstream | undefined
  nameTenant?: NameTenant | undefined
}

/** What it needs: an empty, migrated database, standard input, a clock, and somewhere to tell how far it has come. */
export interface ReportDeps {
  clickhouse: ClickHouse
  standardInput: Readable
  now: Now
  progress: Pick<ProgressLine, 'read' | 'settle'>
}

/**
 * Reads the files into an empty, migrated database, settles them and gives the report's tables. Rejects with REPORT_FILE_UNREADABLE,
 * PRICE_INVALID and ClickHouse's errors.
 */
export async function makeReport(files: readonly InputFile[], config: ReportConfig, deps: ReportDeps): Promise<ReportTables> {
  const { clickhouse } = deps
  const loaded = await settleFiles(files, config, deps)
  const tables = await readTables(loaded, { clickhouse })
  const answers = standsOut(await answersOf(loaded.windows, { clickhouse }))
  return {
    generated_from: files.map(file => ({ file: file.name, size_bytes: file.sizeBytes ?? null })),
    ...tables,
    stands_out: headlinesOf(tables.usage, answers),
  }
}

/** The same for the audit of what the files tell of the platform; undefined: there is no attempt in them. */
export async function makeAudit(files: readonly InputFile[], config: ReportConfig, deps: ReportDeps): Promise<Audit | undefined> {
  const { windows } = await settleFiles(files, config, deps)
  const [first, last] = [windows[0], windows.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const period = { fromMs: first, toMs: last + MINUTE }
  const facts = await readAuditFacts({ ...period, nowMs: deps.now() }, deps)
  return buildAudit(facts, period, config.declared && holdAgainstTraffic(config.declared, facts))
}

/** The same for what the rules would have done; undefined: there is no attempt in the files. */
export async function makeReplay(
  files: readonly InputFile[],
  config: ReportConfig,
  deps: ReportDeps,
  groups: readonly CompiledGroup[],
): Promise<Replay | undefined> {
  const { windows } = await settleFiles(files, config, deps)
  return windows.length === 0 ? undefined : await replay(groups, spansOf(windows), deps)
}

/** Reads the files and settles them. */
async function settleFiles(files: readonly InputFile[], config: ReportConfig, deps: ReportDeps): Promise<Loaded> {
  const { clickhouse, progress, now } = deps
  const prices = await openPriceBookStore({ pricesFile: config.pricesFile }, { clickhouse })
  const loaded = await loadFiles(files, config, { ...deps, onProgress: progress.read })
  const onProgress = (done: number) => progress.settle(done, loaded.windows.length)
  onProgress(0)
  await settleWindows(loaded.windows, { clickhouse, prices, now }, { onProgress })
  return loaded
}

/** Longest period that questions are asked of. */
const MOST_DAYS = 400

/** Every question, asked of the whole input, or of its last 400 days. */
async function answersOf(windows: readonly number[], deps: { clickhouse: ClickHouse }) {
  const [first, last] = [windows[0], windows.at(-1)]
  if (first === undefined || last === undefined) return []
  const toMs = last + MINUTE
  const asked = {
    fromMs: Math.max(first, toMs - MOST_DAYS * DAY),
    toMs,
    nowMs: toMs,
    scope: { isAll: true, tenants: [], seesVolumes: true },
  }
  return await askAll(asked, { ...deps, onFault: () => undefined })
}
