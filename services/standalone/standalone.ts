import { alertFiles, runAlert } from '../alert/alert.ts'
import { apiFiles, runApi } from '../api/api.ts'
import { runCharge } from '../charge/charge.ts'
import { ingestFiles, runIngest } from '../ingest/ingest.ts'
import { migrateFiles, runMigrate } from '../migrate/migrate.ts'
import { type ClickHouse, openClickHouse } from '../platform/clickhouse/client.ts'
import { openEmbeddedClickHouse } from '../platform/clickhouse/embedded.ts'
import { openConfiguredClickHouse } from '../platform/clickhouse/open.ts'
import { announceRunning } from '../platform/clickhouse/running.ts'
import { clickHouseFolder } from '../platform/clickhouse/tool.ts'
import type { Settings } from '../platform/env.ts'
import { openConfiguredEventLog } from '../platform/event-log/open.ts'
import { lockFolder } from '../platform/folder-lock.ts'
import { type FileChecks, type ProcessDeps, untilAborted } from '../platform/service.ts'
import type { PartState } from '../platform/supervise.ts'
import { runSettle, settleFiles } from '../settle/settle.ts'
import { runWorker, workerFiles } from '../worker/worker.ts'
import { buildParts } from './parts.ts'

/**
 * All services in one process. Disposing stops them in the order of a line's way, so that what was accepted is written and settled first.
 */
export interface Standalone extends AsyncDisposable {
  readonly ingestUrl: string
  readonly apiUrl: string
  /** How each part stands, in the order of the way of a line. */
  parts(): readonly PartState[]
}

/** The files of all parts. */
export const standaloneFiles: FileChecks = settings =>
  [ingestFiles, workerFiles, settleFiles, migrateFiles, apiFiles, alertFiles].flatMap(checks => checks(settings))

/** What the standalone needs. */
export interface StandaloneDeps extends Pick<ProcessDeps, 'logger' | 'now' | 'processMetrics'> {
  /** The caller has locked the data folder. */
  holdsFolder?: boolean
  /** Folders in which a `clickhouse` program is looked for, in the form of PATH. */
  searchPath: string
}

/** Runs all services until `signal` aborts, then stops them in the order of a line's way. Rejects as openStandalone does. */
export async function runStandalone(settings: Settings, deps: StandaloneDeps, signal: AbortSignal): Promise<void> {
  await using standalone = await openStandalone(settings, deps)
  const addresses = { ingest: standalone.ingestUrl, api: standalone.apiUrl }
  deps.logger.info(
    addresses,
    `all services run: open ${standalone.apiUrl}/ in a browser, send lines to ${standalone.ingestUrl} (weir tail-files FILE)`,
  )
  await untilAborted(signal)
}

/**
 * Starts everything: event log, ClickHouse (the one of CLICKHOUSE_URL, else an embedded one under the data directory), schema, then the
 * services, each supervised by itself (supervise.ts): one that fails is restarted and the others go on. Rejects with the first fault of a
 * start; what was started by then is stopped.
 */
export async function openStandalone(settings: Settings, deps: StandaloneDeps): Promise<Standalone> {
  await using started = new AsyncDisposableStack()
  if (!deps.holdsFolder) started.use(lockFolder(settings.log.dataDir, { what: 'weir standalone' }, deps))
  const { clickhouse, reading } = await openStore(settings, deps, started)
  const eventLog = started.use(await openConfiguredEventLog(settings.log, deps))
  const stores = { clickhouse, eventLog }
  await runMigrate(settings, { ...deps, ...stores })
  const parts = started.use(buildParts(deps))
  // The last one started is the first one stopped.
  parts.start('api', (part, signal) => runApi(settings, { ...part, openEventLog: async () => eventLog, clickhouse: reading }, signal))
  parts.start('alert', (part, signal) => runAlert(settings, { ...part, ...stores }, signal))
  parts.start('charge', (part, signal) => runCharge(settings, { ...part, ...stores }, signal))
  parts.start('settle', (part, signal) => runSettle(settings, { ...part, ...stores }, signal))
  parts.start('worker', (part, signal) => runWorker(settings, { ...part, ...stores }, signal))
  parts.start('ingest', (part, signal) => runIngest(settings, { ...part, ...stores }, signal))
  const addresses = await parts.ready()
  const running = started.move()
  return {
    ingestUrl: addresses.get('ingest') ?? '',
    apiUrl: addresses.get('api') ?? '',
    parts: parts.states,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** The server as Weir's services use it, and as the API does, which reads alone. */
async function openStore(
  settings: Settings,
  deps: StandaloneDeps,
  started: AsyncDisposableStack,
): Promise<{ clickhouse: ClickHouse; reading: ClickHouse }> {
  if (settings.clickhouse.url !== undefined) {
    const clickhouse = started.use(openConfiguredClickHouse(settings.clickhouse))
    return { clickhouse, reading: clickhouse }
  }
  const { database } = settings.clickhouse
  const directory = clickHouseFolder(settings.log.dataDir)
  const { url, owner, reader } = started.use(await openEmbeddedClickHouse({ directory, searchPath: deps.searchPath }, deps))
  const running = { clickhouse_url: url, clickhouse_user: owner.username, clickhouse_password: owner.password }
  started.use(announceRunning(settings.log.dataDir, { ...running, brokers: settings.log.brokers }))
  return {
    clickhouse: started.use(openClickHouse({ url, ...owner, database })),
    reading: started.use(openClickHouse({ url, ...reader, database })),
  }
}
